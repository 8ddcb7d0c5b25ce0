using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>
/// A TOML 1.0 document: its lossless syntax tree, the tables it means, and every error with its place.
/// Immutable; an edit gives a new document.
/// </summary>
public sealed class TomlDocument
{
    private TomlDocument(IReadOnlyList<ExpressionSyntax> expressions, TomlTable root, IReadOnlyList<TomlError> errors)
    {
        Expressions = expressions;
        Root = root;
        Errors = errors;
    }

    /// <summary>The document's lines in order.</summary>
    public IReadOnlyList<ExpressionSyntax> Expressions { get; }

    /// <summary>The root table. With errors, what could be made of the other lines.</summary>
    public TomlTable Root { get; }

    /// <summary>What is wrong, in the document's order; empty for a valid one. At most <see cref="TomlLimits.Errors"/> and a few.</summary>
    public IReadOnlyList<TomlError> Errors { get; }

    /// <summary>Reads UTF-8, with or without byte order mark. Never throws for what it reads.</summary>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > TomlLimits.Octets)
        {
            return Unreadable(new TomlError(new(1, 1), $"the document has {utf8.Length} octets, expected at most {TomlLimits.Octets}", ""));
        }

        int invalid = FirstInvalid(utf8);
        if (invalid < 0)
        {
            return Parse(Encoding.UTF8.GetString(utf8));
        }

        var source = new TomlSource(Encoding.UTF8.GetString(utf8[..invalid]));
        int end = source.Text.Length;
        return Unreadable(new TomlError(source.PositionAt(end), $"found the octet 0x{utf8[invalid]:X2}, expected text in UTF-8", source.LineAt(end)));
    }

    /// <summary>Reads a document from text. Never throws for what it reads.</summary>
    public static TomlDocument Parse(string text)
    {
        if (text.Length > TomlLimits.Octets)
        {
            return Unreadable(new TomlError(new(1, 1), $"the document has {text.Length} characters, expected at most {TomlLimits.Octets}", ""));
        }

        var source = new TomlSource(text);
        var errors = new List<TomlError>();
        var expressions = new TomlParser(source, errors).Toml();
        var root = new TomlBinder(source, errors).Bind(expressions);
        return new TomlDocument(expressions, root, [.. errors.OrderBy(static e => e.Position.Line).ThenBy(static e => e.Position.Column)]);
    }

    /// <summary>The document as it was written, character for character.</summary>
    public override string ToString()
    {
        var output = new StringBuilder();
        foreach (var expression in Expressions)
        {
            expression.WriteTo(output);
        }

        return output.ToString();
    }

    /// <summary>The document in UTF-8, octet for octet as it was read.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(ToString());

    private static TomlDocument Unreadable(TomlError error) =>
        new([], new TomlTable(new TomlSource(""), 0, parent: null, "", TomlTableOrigin.Header), [error]);

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        if (System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return -1;
        }

        int at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}
