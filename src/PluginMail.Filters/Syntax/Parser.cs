using System.Collections.Immutable;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>
/// The grammar of RFC 5228 section 8.2, whatever the words mean. Knowing which words take tests only helps it to tell a
/// forgotten semicolon from a test; a correct script has the same tree without that knowledge.
/// </summary>
internal sealed class Parser
{
    private readonly SourceText _text;
    private readonly SyntaxLimits _limits;
    private readonly DiagnosticBag _diagnostics;
    private readonly Func<string, bool?> _takesTests;
    private readonly Lexer _lexer;
    private Token _current;
    private int _previousEnd;
    private int _depth;
    private bool _previousIsBroken;
    private int _openBlocks;
    private bool _abandoned;

    private Parser(SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics, Func<string, bool?> takesTests)
    {
        _text = text;
        _limits = limits;
        _diagnostics = diagnostics;
        _takesTests = takesTests;
        _lexer = new(text, limits, diagnostics);
        _current = _lexer.Next();
    }

    /// <summary>Parses a script; every fault goes to <paramref name="diagnostics"/> and the rest is parsed on.</summary>
    /// <param name="text">The script.</param>
    /// <param name="limits">Bounds on its form.</param>
    /// <param name="diagnostics">Takes the faults.</param>
    /// <param name="takesTests">Whether a word takes tests; null where the word is not known.</param>
    public static ScriptSyntax Parse(
        SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics, Func<string, bool?>? takesTests = null)
    {
        if (text.Length > limits.ScriptOctets)
        {
            diagnostics.Add(
                FilterCodes.ScriptTooLarge, new(0, 0), $"The script has {text.Length} octets; the limit is {limits.ScriptOctets}.");
            return new(text, [], []);
        }

        var parser = new Parser(text, limits, diagnostics, takesTests ?? (_ => null));
        return parser.Start();
    }

    private ScriptSyntax Start()
    {
        var commands = ImmutableArray.CreateBuilder<CommandSyntax>();
        while (true)
        {
            Commands(commands);
            if (_current.Kind == TokenKind.EndOfScript)
            {
                return new(_text, commands.ToImmutable(), [.. _lexer.Comments]);
            }

            _diagnostics.Add(
                FilterCodes.UnexpectedToken, _current.Span, "This closing brace has no opening brace.",
                TextEdit.Replace(_current.Span, "", "remove it"));
            Take();
        }
    }

    /// <summary>commands = *command, up to a closing brace or the end.</summary>
    private void Commands(ImmutableArray<CommandSyntax>.Builder commands)
    {
        while (_current.Kind is not (TokenKind.EndOfScript or TokenKind.CloseBrace))
        {
            if (_current.Kind == TokenKind.Identifier)
            {
                commands.Add(Command());
            }
            else
            {
                SkipStrayTokens();
            }
        }
    }

    /// <summary>command = identifier arguments (";" / block).</summary>
    private CommandSyntax Command()
    {
        var name = Take();
        if (name.Text == "else" && _current is { Kind: TokenKind.Identifier, Text: "if" })
        {
            var span = name.Span.Cover(_current.Span);
            _diagnostics.Add(
                FilterCodes.ElseIf, span, "`else if` is written `elsif` in this language.", TextEdit.Replace(span, "elsif", "write `elsif`"));
            Take();
            name = name with { Text = "elsif", Span = span };
        }

        var command = Arguments(name);
        if (_current.Kind == TokenKind.OpenBrace)
        {
            var block = Block();
            return command with { Block = block, Span = name.Span.Cover(block.Span) };
        }

        ExpectEnd(command);
        return command with { Span = SourceSpan.Between(name.Span.Start, _previousEnd) };
    }

    private BlockSyntax Block()
    {
        var open = Take();
        var commands = ImmutableArray.CreateBuilder<CommandSyntax>();
        _openBlocks++;
        if (Enter(open.Span))
        {
            Commands(commands);
        }

        Leave();
        if (_current.Kind == TokenKind.CloseBrace)
        {
            Take();
        }
        else if (!_abandoned && _openBlocks > 0)
        {
            var braces = string.Concat(Enumerable.Repeat("\n}", _openBlocks));
            _diagnostics.Add(
                FilterCodes.MissingCloseBrace, new(_previousEnd, 0), "The script ends inside a block: a closing brace is missing.",
                TextEdit.Insert(_previousEnd, braces, $"add {_openBlocks} closing brace{(_openBlocks == 1 ? "" : "s")}"),
                [new(open.Span, "the innermost block begins here")]);
            _openBlocks = 0;
        }

        _openBlocks = Math.Max(0, _openBlocks - 1);

        return new(SourceSpan.Between(open.Span.Start, _previousEnd), commands.ToImmutable());
    }

    private void ExpectEnd(CommandSyntax command)
    {
        if (_current.Kind == TokenKind.Semicolon)
        {
            Take();
            return;
        }

        if (_abandoned || (_previousIsBroken && IsStatementStart()))
        {
            return;
        }

        if (command.Tests.Length > 0 || _takesTests(command.Name) == true)
        {
            ReportMissingBlock(command);
            return;
        }

        if (IsStatementStart())
        {
            _diagnostics.Add(
                FilterCodes.MissingSemicolon, new(_previousEnd, 0), $"A semicolon is missing after `{command.Name}`.",
                TextEdit.Insert(_previousEnd, ";", "add `;`"));
            return;
        }

        ReportUnexpected($"expected `;` after `{command.Name}`");
        Recover();
    }

    private void ReportMissingBlock(CommandSyntax command)
    {
        var what = command.Tests.IsEmpty ? "a test and a block" : "a block in braces `{ … }`";
        ReportUnexpected($"expected {what} after `{command.Name}`");
        if (!IsStatementStart())
        {
            Recover();
        }
    }

    private bool IsStatementStart() => _current.Kind is TokenKind.Identifier or TokenKind.CloseBrace or TokenKind.EndOfScript;

    /// <summary>arguments = *argument [ test / test-list ].</summary>
    private CommandSyntax Arguments(Token name)
    {
        var arguments = ImmutableArray.CreateBuilder<ArgumentSyntax>();
        while (TryArgument() is { } argument)
        {
            arguments.Add(argument);
        }

        var command = new CommandSyntax(name.Text, name.Span, name.Span) { Arguments = arguments.ToImmutable() };
        if (_current.Kind == TokenKind.OpenParenthesis)
        {
            command = command with { Tests = TestList(), HasTestList = true };
        }
        else if (_current.Kind == TokenKind.Identifier && IsTestAhead(name.Text))
        {
            command = command with { Tests = Enter(_current.Span) ? [Test()] : [] };
            Leave();
        }

        return command with { Span = SourceSpan.Between(name.Span.Start, _previousEnd) };
    }

    private bool IsTestAhead(string word) =>
        _takesTests(word) ?? !_text.Octets[_previousEnd.._current.Span.Start].Contains((byte)'\n');

    private CommandSyntax Test() => Arguments(Take());

    private ArgumentSyntax? TryArgument()
    {
        switch (_current.Kind)
        {
            case TokenKind.Tag:
                var tag = Take();
                return new TagSyntax(tag.Text, tag.Span);
            case TokenKind.Number:
                var number = Take();
                return new NumberSyntax(number.Number, number.Span);
            case TokenKind.String:
                var text = Take();
                return new StringListSyntax([new(text.Value, text.Span)], HasBrackets: false, text.Span);
            case TokenKind.OpenBracket:
                return StringList();
            default:
                return null;
        }
    }

    /// <summary>string-list = "[" string *("," string) "]".</summary>
    private StringListSyntax StringList()
    {
        var open = Take();
        var strings = ImmutableArray.CreateBuilder<StringSyntax>();
        Separated(TokenKind.String, TokenKind.CloseBracket, "a string", () =>
        {
            var text = Take();
            strings.Add(new(text.Value, text.Span));
        });
        return new(strings.ToImmutable(), HasBrackets: true, SourceSpan.Between(open.Span.Start, _previousEnd));
    }

    /// <summary>test-list = "(" test *("," test) ")".</summary>
    private ImmutableArray<CommandSyntax> TestList()
    {
        var open = Take();
        var tests = ImmutableArray.CreateBuilder<CommandSyntax>();
        if (Enter(open.Span))
        {
            Separated(TokenKind.Identifier, TokenKind.CloseParenthesis, "a test", () => tests.Add(Test()));
        }

        Leave();
        return tests.ToImmutable();
    }

    /// <summary>One or more items separated by commas, up to the closing token.</summary>
    private void Separated(TokenKind itemKind, TokenKind close, string what, Action item)
    {
        while (true)
        {
            if (_current.Kind != itemKind)
            {
                ReportUnexpected($"expected {what} here");
                CloseAfterFault(close);
                return;
            }

            item();
            if (_current.Kind == TokenKind.Comma)
            {
                Take();
            }
            else if (_current.Kind == itemKind)
            {
                _diagnostics.Add(
                    FilterCodes.MissingComma, new(_previousEnd, 0), "A comma is missing between two items of a list.",
                    TextEdit.Insert(_previousEnd, ",", "add `,`"));
            }
            else
            {
                ExpectClose(close);
                return;
            }
        }
    }

    private void ExpectClose(TokenKind close)
    {
        if (_current.Kind == close)
        {
            Take();
            return;
        }

        var sign = close == TokenKind.CloseBracket ? "]" : ")";
        if (!_abandoned)
        {
            _diagnostics.Add(
                FilterCodes.MissingClose, new(_previousEnd, 0), $"This list is never closed: `{sign}` is missing.",
                TextEdit.Insert(_previousEnd, sign, $"add `{sign}`"));
        }
    }

    private void CloseAfterFault(TokenKind close)
    {
        while (_current.Kind is TokenKind.Comma or TokenKind.String or TokenKind.Number or TokenKind.Tag)
        {
            Take();
        }

        if (_current.Kind == close)
        {
            Take();
        }
    }

    private void SkipStrayTokens()
    {
        ReportUnexpected("expected a command");
        if (_current.Kind == TokenKind.OpenBrace)
        {
            Block();
            return;
        }

        if (_current.Kind == TokenKind.Semicolon)
        {
            Take();
            return;
        }

        Recover();
    }

    /// <summary>Skips to the end of the statement: past its semicolon or block, or up to the brace that closes the block around it.</summary>
    private void Recover()
    {
        while (_current.Kind is not (TokenKind.EndOfScript or TokenKind.CloseBrace))
        {
            if (_current.Kind == TokenKind.Semicolon)
            {
                Take();
                return;
            }

            if (_current.Kind == TokenKind.OpenBrace)
            {
                Block();
                return;
            }

            Take();
        }
    }

    private void ReportUnexpected(string expectation)
    {
        if (_abandoned)
        {
            return;
        }

        var found = _current.Kind == TokenKind.EndOfScript ? "The script ends here" : $"`{Excerpt(_current.Span)}` is unexpected";
        var span = _current.Kind == TokenKind.EndOfScript ? new SourceSpan(_previousEnd, 0) : _current.Span;
        _diagnostics.Add(FilterCodes.UnexpectedToken, span, $"{found}: {expectation}.");
    }

    private string Excerpt(SourceSpan span)
    {
        var written = _text.Slice(span.Length <= 40 ? span : new(span.Start, 40));
        return written.ReplaceLineEndings(" ");
    }

    private bool Enter(SourceSpan at)
    {
        if (++_depth <= _limits.Nesting || _abandoned)
        {
            return !_abandoned;
        }

        _diagnostics.Add(FilterCodes.TooDeep, at, $"Blocks and tests are nested more than {_limits.Nesting} deep.");
        _abandoned = true;
        _current = new(TokenKind.EndOfScript, new(_text.Length, 0));
        return false;
    }

    private void Leave() => _depth--;

    private Token Take()
    {
        var token = _current;
        _previousEnd = token.Kind == TokenKind.EndOfScript ? _previousEnd : token.Span.End;
        _previousIsBroken = token.IsBroken;
        if (!_abandoned)
        {
            _current = _lexer.Next();
        }

        return token;
    }
}
