using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Editing;

/// <summary>What can stand at a place.</summary>
internal enum Expectation
{
    Command,
    Test,
    Argument,
    Nothing,
}

/// <summary>
/// What stands around a place in a script that may be unfinished: read from the tokens before it, because a script that is
/// being written has no tree worth the name.
/// </summary>
internal sealed class CompletionContext
{
    private readonly Stack<Frame> _frames = new();

    private CompletionContext(FilterVocabulary vocabulary, SourceText text, int offset)
    {
        Offset = offset;
        var lexer = new Lexer(text, SyntaxLimits.Default, new DiagnosticBag(SyntaxLimits.Default.Diagnostics));
        for (var token = lexer.Next(); token.Kind != TokenKind.EndOfScript && token.Span.Start < offset; token = lexer.Next())
        {
            if (token.Kind == TokenKind.String && (offset < token.Span.End || token.IsBroken))
            {
                InString = token.Span;
                break;
            }

            if (token.Kind is TokenKind.Identifier or TokenKind.Tag && token.Span.End >= offset)
            {
                break;
            }

            Take(vocabulary, token);
        }

        IsInComment = lexer.Comments.Any(comment => comment.Span.Start < offset && offset <= comment.Span.End);
    }

    /// <summary>The place.</summary>
    public int Offset { get; }

    /// <summary>The string that the place is in, or null.</summary>
    public SourceSpan? InString { get; private set; }

    /// <summary>Whether the place is in a comment, where nothing is completed.</summary>
    public bool IsInComment { get; }

    /// <summary>The command or test whose arguments stand here; null at the beginning of a statement and for unknown words.</summary>
    public Word? Word => _frames.TryPeek(out var frame) ? frame.Word : null;

    /// <summary>The parameter that a string here is for, or null.</summary>
    public Parameter? Parameter => !_frames.TryPeek(out var frame) || frame.Word is not { } word ? null
        : frame.TagValue ?? (frame.Arguments < word.Parameters.Length ? word.Parameters[frame.Arguments] : null);

    /// <summary>What a name here would be.</summary>
    public Expectation Expectation
    {
        get
        {
            if (!_frames.TryPeek(out var frame) || frame.IsBlock)
            {
                return Expectation.Command;
            }

            return frame.IsTestList ? Expectation.Test
                : frame.IsStringList ? Expectation.Nothing
                : frame.Word is { Tests: TestArity.One } ? Expectation.Test
                : Expectation.Argument;
        }
    }

    /// <summary>Reads the tokens before a place.</summary>
    public static CompletionContext At(FilterVocabulary vocabulary, SourceText text, int offset) => new(vocabulary, text, offset);

    private void Take(FilterVocabulary vocabulary, Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                var asTest = Expectation == Expectation.Test;
                _frames.Push(new Frame { Word = vocabulary.Find(token.Text, asTest) });
                break;
            case TokenKind.Tag when _frames.TryPeek(out var frame) && frame.Word is { } word:
                frame.TagValue = vocabulary.TagsOf(word).FirstOrDefault(tag => tag.Name == token.Text)?.Value;
                break;
            case TokenKind.String or TokenKind.Number when _frames.TryPeek(out var frame) && !frame.IsStringList:
                frame.TakeValue();
                break;
            case TokenKind.OpenBracket:
                var parent = _frames.TryPeek(out var around) ? around : new Frame();
                _frames.Push(new Frame { IsStringList = true, Word = parent.Word, Arguments = parent.Arguments, TagValue = parent.TagValue });
                break;
            case TokenKind.CloseBracket:
                PopTo(static frame => frame.IsStringList);
                if (_frames.TryPeek(out var owner))
                {
                    owner.TakeValue();
                }

                break;
            case TokenKind.OpenParenthesis:
                _frames.Push(new Frame { IsTestList = true });
                break;
            case TokenKind.Comma:
                while (_frames.TryPeek(out var frame) && frame is { IsTestList: false, IsBlock: false, IsStringList: false })
                {
                    _frames.Pop();
                }

                break;
            case TokenKind.CloseParenthesis:
                PopTo(static frame => frame.IsTestList);
                break;
            case TokenKind.OpenBrace:
                PopStatement();
                _frames.Push(new Frame { IsBlock = true });
                break;
            case TokenKind.Semicolon:
                PopStatement();
                break;
            case TokenKind.CloseBrace:
                PopTo(static frame => frame.IsBlock);
                break;
        }
    }

    private void PopStatement()
    {
        while (_frames.TryPeek(out var frame) && !frame.IsBlock)
        {
            _frames.Pop();
        }
    }

    private void PopTo(Func<Frame, bool> isEnd)
    {
        if (!_frames.Any(isEnd))
        {
            return;
        }

        while (!isEnd(_frames.Pop()))
        {
        }
    }

    /// <summary>A word with what was given to it so far, or what holds words.</summary>
    private sealed class Frame
    {
        public Word? Word { get; init; }

        public int Arguments { get; set; }

        public Parameter? TagValue { get; set; }

        public bool IsBlock { get; init; }

        public bool IsTestList { get; init; }

        public bool IsStringList { get; init; }

        public void TakeValue()
        {
            Arguments += TagValue is null ? 1 : 0;
            TagValue = null;
        }
    }
}
