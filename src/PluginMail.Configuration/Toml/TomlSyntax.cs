using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>What a token of the syntax tree is.</summary>
public enum TomlTokenKind
{
    /// <summary>The byte order mark that may open a document.</summary>
    ByteOrderMark,

    /// <summary>Spaces and tabs.</summary>
    Whitespace,

    /// <summary>LF or CRLF.</summary>
    Newline,

    /// <summary>From <c>#</c> to the end of the line, without the line end.</summary>
    Comment,

    /// <summary>One of <c>= . , [ ] [[ ]] { }</c>.</summary>
    Punctuation,

    /// <summary>One part of a key, as written.</summary>
    KeyPart,

    /// <summary>A string, number, boolean or date, as written.</summary>
    Scalar,

    /// <summary>Text that is not TOML.</summary>
    Bad,
}

/// <summary>Part of a lossless syntax tree: the tokens in order are the document, character for character.</summary>
public abstract class TomlElement
{
    /// <summary>Offset of the first character, in UTF-16 units.</summary>
    public abstract int Start { get; }

    /// <summary>Offset behind the last character, in UTF-16 units.</summary>
    public abstract int End { get; }

    /// <summary>Appends the text as it was written.</summary>
    public abstract void WriteTo(StringBuilder output);

    /// <inheritdoc/>
    public sealed override string ToString()
    {
        var output = new StringBuilder();
        WriteTo(output);
        return output.ToString();
    }
}

/// <summary>A leaf of the syntax tree.</summary>
public sealed class TomlToken : TomlElement
{
    internal TomlToken(TomlTokenKind kind, int start, string text)
    {
        Kind = kind;
        Start = start;
        Text = text;
    }

    /// <summary>What the token is.</summary>
    public TomlTokenKind Kind { get; }

    /// <summary>The token as written.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override int Start { get; }

    /// <inheritdoc/>
    public override int End => Start + Text.Length;

    /// <inheritdoc/>
    public override void WriteTo(StringBuilder output) => output.Append(Text);
}

/// <summary>An inner node of the syntax tree; each has at least one child.</summary>
public abstract class TomlNode : TomlElement
{
    private protected TomlNode(IReadOnlyList<TomlElement> children) => Children = children;

    /// <summary>Tokens and nodes in the order in which they are written.</summary>
    public IReadOnlyList<TomlElement> Children { get; }

    /// <inheritdoc/>
    public override int Start => Children[0].Start;

    /// <inheritdoc/>
    public override int End => Children[^1].End;

    /// <inheritdoc/>
    public override void WriteTo(StringBuilder output)
    {
        foreach (var child in Children)
        {
            child.WriteTo(output);
        }
    }
}

/// <summary>A key: one part, or several joined by dots.</summary>
public sealed class KeySyntax : TomlNode
{
    internal KeySyntax(IReadOnlyList<TomlElement> children, IReadOnlyList<KeyPartSyntax> parts)
        : base(children) => Parts = parts;

    /// <summary>The parts with quotes and escapes resolved.</summary>
    public IReadOnlyList<KeyPartSyntax> Parts { get; }
}

/// <summary>One part of a key.</summary>
/// <param name="Name">The name with quotes and escapes resolved.</param>
/// <param name="Start">Offset of its first character, the quote if there is one.</param>
public readonly record struct KeyPartSyntax(string Name, int Start);

/// <summary>A value: scalar, array or inline table.</summary>
public abstract class ValueSyntax : TomlNode
{
    private protected ValueSyntax(IReadOnlyList<TomlElement> children)
        : base(children)
    {
    }
}

/// <summary>A string, number, boolean or date.</summary>
public sealed class ScalarSyntax : ValueSyntax
{
    internal ScalarSyntax(TomlToken token, object value)
        : base([token])
    {
        Text = token.Text;
        Value = value;
    }

    /// <summary>The value as written.</summary>
    public string Text { get; }

    /// <summary>A <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="TomlDateTime"/>.</summary>
    public object Value { get; }
}

/// <summary><c>[ value, … ]</c>, over several lines where it likes.</summary>
public sealed class ArraySyntax : ValueSyntax
{
    internal ArraySyntax(IReadOnlyList<TomlElement> children, IReadOnlyList<ValueSyntax> items)
        : base(children) => Items = items;

    /// <summary>The values.</summary>
    public IReadOnlyList<ValueSyntax> Items { get; }
}

/// <summary><c>{ key = value, … }</c> on one line.</summary>
public sealed class InlineTableSyntax : ValueSyntax
{
    internal InlineTableSyntax(IReadOnlyList<TomlElement> children, IReadOnlyList<PairSyntax> pairs)
        : base(children) => Pairs = pairs;

    /// <summary>The keys and values.</summary>
    public IReadOnlyList<PairSyntax> Pairs { get; }
}

/// <summary><c>key = value</c>, without what stands around it.</summary>
public sealed class PairSyntax : TomlNode
{
    internal PairSyntax(IReadOnlyList<TomlElement> children, KeySyntax key, ValueSyntax value)
        : base(children)
    {
        Key = key;
        Value = value;
    }

    /// <summary>The key.</summary>
    public KeySyntax Key { get; }

    /// <summary>The value.</summary>
    public ValueSyntax Value { get; }
}

/// <summary>One line of a document (several where a value spans them), with its indentation, comment and line end.</summary>
public abstract class ExpressionSyntax : TomlNode
{
    private protected ExpressionSyntax(IReadOnlyList<TomlElement> children)
        : base(children)
    {
    }
}

/// <summary>An empty line or one that holds only a comment.</summary>
public sealed class BlankSyntax : ExpressionSyntax
{
    internal BlankSyntax(IReadOnlyList<TomlElement> children)
        : base(children)
    {
    }
}

/// <summary>A line that is not TOML; its error stands in the document's list.</summary>
public sealed class BadSyntax : ExpressionSyntax
{
    internal BadSyntax(IReadOnlyList<TomlElement> children)
        : base(children)
    {
    }
}

/// <summary>A line <c>key = value</c>.</summary>
public sealed class KeyValueSyntax : ExpressionSyntax
{
    internal KeyValueSyntax(IReadOnlyList<TomlElement> children, PairSyntax pair)
        : base(children) => Pair = pair;

    /// <summary>Key and value.</summary>
    public PairSyntax Pair { get; }
}

/// <summary>A line <c>[table]</c> or <c>[[array of tables]]</c>.</summary>
public sealed class TableHeaderSyntax : ExpressionSyntax
{
    internal TableHeaderSyntax(IReadOnlyList<TomlElement> children, KeySyntax key, bool isArrayItem)
        : base(children)
    {
        Key = key;
        IsArrayItem = isArrayItem;
    }

    /// <summary>The table's name.</summary>
    public KeySyntax Key { get; }

    /// <summary>Whether it is written with two brackets.</summary>
    public bool IsArrayItem { get; }
}
