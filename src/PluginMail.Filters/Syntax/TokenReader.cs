using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>The tokens of a script one after the other, with what the parser has to know of the one before.</summary>
internal sealed class TokenReader
{
    private readonly SourceText _text;
    private readonly SyntaxLimits _limits;
    private readonly DiagnosticBag _diagnostics;
    private readonly Lexer _lexer;
    private int _depth;

    public TokenReader(SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics)
    {
        _text = text;
        _limits = limits;
        _diagnostics = diagnostics;
        _lexer = new(text, limits, diagnostics);
        Current = _lexer.Next();
    }

    /// <summary>The next token.</summary>
    public Token Current { get; private set; }

    /// <summary>The end of the token before it.</summary>
    public int PreviousEnd { get; private set; }

    /// <summary>Whether the token before it was reported as never closed.</summary>
    public bool PreviousIsBroken { get; private set; }

    /// <summary>Whether the rest of the script was given up.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>The comments met so far.</summary>
    public IReadOnlyList<CommentSyntax> Comments => _lexer.Comments;

    /// <summary>Reports the next token as out of place.</summary>
    public void ReportUnexpected(string expectation)
    {
        if (IsAbandoned)
        {
            return;
        }

        var found = Current.Kind == TokenKind.EndOfScript ? "The script ends here" : $"`{Excerpt(Current.Span)}` is unexpected";
        var span = Current.Kind == TokenKind.EndOfScript ? new SourceSpan(PreviousEnd, 0) : Current.Span;
        _diagnostics.Add(FilterCodes.UnexpectedToken, span, $"{found}: {expectation}.");
    }

    private string Excerpt(SourceSpan span)
    {
        var written = _text.Slice(span.Length <= 40 ? span : new(span.Start, 40));
        return written.ReplaceLineEndings(" ");
    }

    /// <summary>Goes one level deeper; false where that is too deep, and the rest of the script is then given up.</summary>
    public bool Enter(SourceSpan at)
    {
        if (++_depth <= _limits.Nesting || IsAbandoned)
        {
            return !IsAbandoned;
        }

        _diagnostics.Add(FilterCodes.TooDeep, at, $"Blocks and tests are nested more than {_limits.Nesting} deep.");
        Abandon();
        return false;
    }

    private void Abandon()
    {
        IsAbandoned = true;
        Current = new(TokenKind.EndOfScript, new(_text.Length, 0));
    }

    /// <summary>Comes back from a level.</summary>
    public void Leave() => _depth--;

    /// <summary>Takes the next token.</summary>
    public Token Take()
    {
        var token = Current;
        PreviousEnd = token.Kind == TokenKind.EndOfScript ? PreviousEnd : token.Span.End;
        PreviousIsBroken = token.IsBroken;
        if (_diagnostics.IsFull)
        {
            Abandon();
        }

        if (!IsAbandoned)
        {
            Current = _lexer.Next();
        }

        return token;
    }
}
