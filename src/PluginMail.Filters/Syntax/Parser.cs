using System.Collections.Immutable;
using System.Runtime.InteropServices;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>
/// The grammar of RFC 5228 section 8.2, whatever the words mean. Knowing which words take tests only helps it to tell a
/// forgotten semicolon from a test; a correct script has the same tree without that knowledge.
/// </summary>
internal sealed class Parser
{
    private readonly SourceText _text;
    private readonly DiagnosticBag _diagnostics;
    private readonly Func<string, bool?> _takesTests;
    private readonly TokenReader _tokens;
    private readonly List<ArgumentSyntax> _arguments = [];
    private int _openBlocks;

    private Parser(SourceText text, SyntaxLimits limits, DiagnosticBag diagnostics, Func<string, bool?> takesTests)
    {
        _text = text;
        _diagnostics = diagnostics;
        _takesTests = takesTests;
        _tokens = new(text, limits, diagnostics);
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
            if (_tokens.Current.Kind == TokenKind.EndOfScript)
            {
                return new(_text, commands.ToImmutable(), [.. _tokens.Comments]);
            }

            _diagnostics.Add(
                FilterCodes.UnexpectedToken, _tokens.Current.Span, "This closing brace has no opening brace.",
                TextEdit.Replace(_tokens.Current.Span, "", "remove it"));
            _tokens.Take();
        }
    }

    /// <summary>commands = *command, up to a closing brace or the end.</summary>
    private void Commands(ImmutableArray<CommandSyntax>.Builder commands)
    {
        while (_tokens.Current.Kind is not (TokenKind.EndOfScript or TokenKind.CloseBrace))
        {
            if (_tokens.Current.Kind == TokenKind.Identifier)
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
        var name = _tokens.Take();
        if (name.Text == "else" && _tokens.Current is { Kind: TokenKind.Identifier, Text: "if" })
        {
            var span = name.Span.Cover(_tokens.Current.Span);
            _diagnostics.Add(
                FilterCodes.ElseIf, span, "`else if` is written `elsif` in this language.", TextEdit.Replace(span, "elsif", "write `elsif`"));
            _tokens.Take();
            name = name with { Text = "elsif", Span = span };
        }

        return Arguments(name, isCommand: true);
    }

    private BlockSyntax Block()
    {
        var open = _tokens.Take();
        var commands = ImmutableArray.CreateBuilder<CommandSyntax>(2);
        _openBlocks++;
        if (_tokens.Enter(open.Span))
        {
            Commands(commands);
        }

        _tokens.Leave();
        if (_tokens.Current.Kind == TokenKind.CloseBrace)
        {
            _tokens.Take();
        }
        else if (!_tokens.IsAbandoned && _openBlocks > 0)
        {
            var braces = string.Concat(Enumerable.Repeat("\n}", _openBlocks));
            _diagnostics.Add(
                FilterCodes.MissingCloseBrace, new(_tokens.PreviousEnd, 0), "The script ends inside a block: a closing brace is missing.",
                TextEdit.Insert(_tokens.PreviousEnd, braces, $"add {_openBlocks} closing brace{(_openBlocks == 1 ? "" : "s")}"),
                [new(open.Span, "the innermost block begins here")]);
            _openBlocks = 0;
        }

        _openBlocks = Math.Max(0, _openBlocks - 1);

        return new(SourceSpan.Between(open.Span.Start, _tokens.PreviousEnd), commands.DrainToImmutable());
    }

    private void ExpectEnd(string name, ImmutableArray<CommandSyntax> tests)
    {
        if (_tokens.Current.Kind == TokenKind.Semicolon)
        {
            _tokens.Take();
            return;
        }

        if (_tokens.IsAbandoned || (_tokens.PreviousIsBroken && IsStatementStart()))
        {
            return;
        }

        if (tests.Length > 0 || _takesTests(name) == true)
        {
            ReportMissingBlock(name, tests);
            return;
        }

        if (IsStatementStart())
        {
            _diagnostics.Add(
                FilterCodes.MissingSemicolon, new(_tokens.PreviousEnd, 0), $"A semicolon is missing after `{name}`.",
                TextEdit.Insert(_tokens.PreviousEnd, ";", "add `;`"));
            return;
        }

        _tokens.ReportUnexpected($"expected `;` after `{name}`");
        Recover();
    }

    private void ReportMissingBlock(string name, ImmutableArray<CommandSyntax> tests)
    {
        var what = tests.IsEmpty ? "a test and a block" : "a block in braces `{ … }`";
        _tokens.ReportUnexpected($"expected {what} after `{name}`");
        if (!IsStatementStart())
        {
            Recover();
        }
    }

    private bool IsStatementStart() => _tokens.Current.Kind is TokenKind.Identifier or TokenKind.CloseBrace or TokenKind.EndOfScript;

    /// <summary>arguments = *argument [ test / test-list ], and what ends a command.</summary>
    private CommandSyntax Arguments(Token name, bool isCommand)
    {
        var arguments = ArgumentList();
        var hasTestList = _tokens.Current.Kind == TokenKind.OpenParenthesis;
        ImmutableArray<CommandSyntax> tests = [];
        if (hasTestList)
        {
            tests = TestList();
        }
        else if (_tokens.Current.Kind == TokenKind.Identifier && IsTestAhead(name.Text))
        {
            tests = _tokens.Enter(_tokens.Current.Span) ? [Test()] : [];
            _tokens.Leave();
        }

        var block = isCommand ? End(name.Text, tests) : null;
        return new(name.Text, name.Span, SourceSpan.Between(name.Span.Start, _tokens.PreviousEnd))
        {
            Arguments = arguments, Tests = tests, HasTestList = hasTestList, Block = block,
        };
    }

    private ImmutableArray<ArgumentSyntax> ArgumentList()
    {
        var first = _arguments.Count;
        while (TryArgument() is { } argument)
        {
            _arguments.Add(argument);
        }

        ImmutableArray<ArgumentSyntax> list = [.. CollectionsMarshal.AsSpan(_arguments)[first..]];
        _arguments.RemoveRange(first, list.Length);
        return list;
    }

    /// <summary>The block, or null after the semicolon.</summary>
    private BlockSyntax? End(string name, ImmutableArray<CommandSyntax> tests)
    {
        if (_tokens.Current.Kind == TokenKind.OpenBrace)
        {
            return Block();
        }

        ExpectEnd(name, tests);
        return null;
    }

    private bool IsTestAhead(string word) =>
        _takesTests(word) ?? !_text.Octets[_tokens.PreviousEnd.._tokens.Current.Span.Start].Contains((byte)'\n');

    private CommandSyntax Test() => Arguments(_tokens.Take(), isCommand: false);

    private ArgumentSyntax? TryArgument()
    {
        switch (_tokens.Current.Kind)
        {
            case TokenKind.Tag:
                var tag = _tokens.Take();
                return new TagSyntax(tag.Text, tag.Span);
            case TokenKind.Number:
                var number = _tokens.Take();
                return new NumberSyntax(number.Number, number.Span);
            case TokenKind.String:
                var text = _tokens.Take();
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
        var open = _tokens.Take();
        var strings = ImmutableArray.CreateBuilder<StringSyntax>();
        Separated(TokenKind.String, TokenKind.CloseBracket, "a string", () =>
        {
            var text = _tokens.Take();
            strings.Add(new(text.Value, text.Span));
        });
        return new(strings.ToImmutable(), HasBrackets: true, SourceSpan.Between(open.Span.Start, _tokens.PreviousEnd));
    }

    /// <summary>test-list = "(" test *("," test) ")".</summary>
    private ImmutableArray<CommandSyntax> TestList()
    {
        var open = _tokens.Take();
        var tests = ImmutableArray.CreateBuilder<CommandSyntax>();
        if (_tokens.Enter(open.Span))
        {
            Separated(TokenKind.Identifier, TokenKind.CloseParenthesis, "a test", () => tests.Add(Test()));
        }

        _tokens.Leave();
        return tests.ToImmutable();
    }

    /// <summary>One or more items separated by commas, up to the closing token.</summary>
    private void Separated(TokenKind itemKind, TokenKind close, string what, Action item)
    {
        while (true)
        {
            if (_tokens.Current.Kind != itemKind)
            {
                _tokens.ReportUnexpected($"expected {what} here");
                CloseAfterFault(close);
                return;
            }

            var faults = _diagnostics.Count;
            item();
            if (_tokens.Current.Kind == TokenKind.Comma)
            {
                _tokens.Take();
            }
            else if (_tokens.Current.Kind == itemKind)
            {
                // Behind an item with a fault of its own, a comma might become part of that.
                _diagnostics.Add(
                    FilterCodes.MissingComma, new(_tokens.PreviousEnd, 0), "A comma is missing between two items of a list.",
                    _diagnostics.Count == faults ? TextEdit.Insert(_tokens.PreviousEnd, ",", "add `,`") : null);
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
        if (_tokens.Current.Kind == close)
        {
            _tokens.Take();
            return;
        }

        var sign = close == TokenKind.CloseBracket ? "]" : ")";
        if (!_tokens.IsAbandoned)
        {
            _diagnostics.Add(
                FilterCodes.MissingClose, new(_tokens.PreviousEnd, 0), $"This list is never closed: `{sign}` is missing.",
                TextEdit.Insert(_tokens.PreviousEnd, sign, $"add `{sign}`"));
        }
    }

    private void CloseAfterFault(TokenKind close)
    {
        while (_tokens.Current.Kind is TokenKind.Comma or TokenKind.String or TokenKind.Number or TokenKind.Tag)
        {
            _tokens.Take();
        }

        if (_tokens.Current.Kind == close)
        {
            _tokens.Take();
        }
    }

    private void SkipStrayTokens()
    {
        _tokens.ReportUnexpected("expected a command");
        if (_tokens.Current.Kind == TokenKind.OpenBrace)
        {
            Block();
            return;
        }

        if (_tokens.Current.Kind == TokenKind.Semicolon)
        {
            _tokens.Take();
            return;
        }

        Recover();
    }

    /// <summary>Skips to the end of the statement: past its semicolon or block, or up to the brace that closes the block around it.</summary>
    private void Recover()
    {
        while (_tokens.Current.Kind is not (TokenKind.EndOfScript or TokenKind.CloseBrace))
        {
            if (_tokens.Current.Kind == TokenKind.Semicolon)
            {
                _tokens.Take();
                return;
            }

            if (_tokens.Current.Kind == TokenKind.OpenBrace)
            {
                Block();
                return;
            }

            _tokens.Take();
        }
    }
}
