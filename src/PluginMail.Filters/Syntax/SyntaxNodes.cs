using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Filters.Syntax;

/// <summary>A whole script (RFC 5228 8.2 "start").</summary>
/// <param name="Text">The source.</param>
/// <param name="Commands">Its commands in order.</param>
/// <param name="Comments">All comments in order; rule markers of script clients are among them.</param>
public sealed record ScriptSyntax(
    SourceText Text, ImmutableArray<CommandSyntax> Commands, ImmutableArray<CommentSyntax> Comments);

/// <summary>A hash or bracket comment, its delimiters included.</summary>
/// <param name="Span">Where it stands.</param>
public sealed record CommentSyntax(SourceSpan Span);

/// <summary>
/// A command or a test: both are an identifier with arguments, tests and, for commands, a block (RFC 5228 8.2).
/// </summary>
/// <param name="Name">The identifier in lower case.</param>
/// <param name="NameSpan">Where the identifier stands.</param>
/// <param name="Span">The whole command, its semicolon or block included.</param>
public sealed record CommandSyntax(string Name, SourceSpan NameSpan, SourceSpan Span)
{
    /// <summary>Tags, strings, string lists and numbers in the order written.</summary>
    public ImmutableArray<ArgumentSyntax> Arguments { get; init; } = [];

    /// <summary>The tests that follow the arguments.</summary>
    public ImmutableArray<CommandSyntax> Tests { get; init; } = [];

    /// <summary>Whether the tests stood in parentheses.</summary>
    public bool HasTestList { get; init; }

    /// <summary>The block, or null where a semicolon (or, for a test, nothing) ends it.</summary>
    public BlockSyntax? Block { get; init; }
}

/// <summary>Commands in braces.</summary>
/// <param name="Span">From brace to brace.</param>
/// <param name="Commands">The commands inside.</param>
public sealed record BlockSyntax(SourceSpan Span, ImmutableArray<CommandSyntax> Commands);

/// <summary>An argument of a command or test.</summary>
/// <param name="Span">Where it stands.</param>
public abstract record ArgumentSyntax(SourceSpan Span);

/// <summary>A tag.</summary>
/// <param name="Name">Its name in lower case without the colon.</param>
/// <param name="Span">Where it stands, colon included.</param>
public sealed record TagSyntax(string Name, SourceSpan Span) : ArgumentSyntax(Span);

/// <summary>A number, its quantifier applied.</summary>
/// <param name="Value">The value, never negative.</param>
/// <param name="Span">Where it stands.</param>
public sealed record NumberSyntax(long Value, SourceSpan Span) : ArgumentSyntax(Span);

/// <summary>A string list; a string without brackets is a list of one.</summary>
/// <param name="Strings">The strings.</param>
/// <param name="HasBrackets">Whether it stood in brackets.</param>
/// <param name="Span">Where it stands.</param>
public sealed record StringListSyntax(ImmutableArray<StringSyntax> Strings, bool HasBrackets, SourceSpan Span) : ArgumentSyntax(Span);

/// <summary>A quoted or multi-line string.</summary>
/// <param name="Value">Its octets, escapes and dot-stuffing undone.</param>
/// <param name="Span">Where it stands, delimiters included.</param>
public sealed record StringSyntax(ReadOnlyMemory<byte> Value, SourceSpan Span)
{
    /// <summary>The value as text, invalid UTF-8 shown as U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);
}
