namespace PluginMail.Filters.Syntax;

/// <summary>The tokens of RFC 5228 section 8.1.</summary>
internal enum TokenKind
{
    Identifier,
    Tag,
    Number,
    String,
    Semicolon,
    Comma,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    EndOfScript,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Span">Where it stands.</param>
/// <param name="Text">The name of an identifier or tag in lower case, without the colon; empty for the others.</param>
/// <param name="Number">The value of a number.</param>
/// <param name="Value">The octets of a string, escapes and dot-stuffing undone.</param>
internal readonly record struct Token(
    TokenKind Kind, SourceSpan Span, string Text = "", long Number = 0, ReadOnlyMemory<byte> Value = default)
{
    /// <summary>Whether it was reported as never closed, so that what is missing after it goes without saying.</summary>
    public bool IsBroken { get; init; }
}
