using System.Collections.Immutable;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>
/// Finds the word of every command and test, and hands its arguments to the <see cref="ArgumentBinder"/>. A command with
/// a fault in it is left out of the result after all of it has been checked.
/// </summary>
internal sealed class Binder
{
    private readonly FilterVocabulary _vocabulary;
    private readonly ScriptSyntax _script;
    private readonly DiagnosticBag _diagnostics;
    private readonly Requirements _requirements;
    private readonly ArgumentBinder _arguments;

    private Binder(FilterVocabulary vocabulary, ScriptSyntax script, DiagnosticBag diagnostics)
    {
        _vocabulary = vocabulary;
        _script = script;
        _diagnostics = diagnostics;
        _requirements = new(vocabulary, script, diagnostics);
        _arguments = new(vocabulary, _requirements, diagnostics);
    }

    /// <summary>Checks all words of a script; errors go to <paramref name="diagnostics"/>.</summary>
    public static BoundScript Bind(FilterVocabulary vocabulary, ScriptSyntax script, DiagnosticBag diagnostics)
    {
        var binder = new Binder(vocabulary, script, diagnostics);
        var commands = binder.Commands(script.Commands, isTop: true);

        // Where a word was not understood, nobody knows what it would have used.
        if (!diagnostics.HasErrors)
        {
            binder._requirements.ReportUnused();
        }

        return new(script, commands) { RefersToMatches = binder._arguments.RefersToMatches };
    }

    private ImmutableArray<BoundWord> Commands(ImmutableArray<CommandSyntax> commands, bool isTop)
    {
        var bound = ImmutableArray.CreateBuilder<BoundWord>(commands.Length);
        CommandSyntax? previous = null;
        var isDecided = false;
        var requireAllowed = isTop;
        foreach (var command in commands)
        {
            if (_diagnostics.IsFull)
            {
                break;
            }

            requireAllowed &= command.Name == "require";
            if (command.Name == "require" && !requireAllowed)
            {
                _diagnostics.Add(
                    FilterCodes.LateRequire, command.NameSpan, "`require` must stand at the beginning of the script, before all other commands.");
            }

            if (FindWord(command, asTest: false) is { } word)
            {
                CheckChain(word, command, previous);
                isDecided &= word.Chain is ChainRole.Continue or ChainRole.End;
                bound.AddIfNotNull(isDecided || OutcomeOf(word, command) == false ? Pruned(word, command) : Bind(word, command));
                isDecided |= OutcomeOf(word, command) == true;
            }
            else
            {
                BindUnknown(command);
            }

            previous = command;
        }

        return bound.DrainToImmutable();
    }

    /// <summary>What ihave says of a branch: one for servers with other extensions is not looked at (RFC 5463 4).</summary>
    private bool? OutcomeOf(Word word, CommandSyntax syntax) =>
        word.Chain != ChainRole.None && syntax.Tests is [var test] && _requirements.Has("ihave") ? KnownOutcome(test) : null;

    /// <summary>The branch with a test that is false and no commands.</summary>
    private BoundWord Pruned(Word word, CommandSyntax syntax)
    {
        _requirements.Use("ihave", syntax.NameSpan, "`ihave`");
        return new(word, syntax) { Tests = [new(_vocabulary.Find("false", asTest: true)!, syntax.Tests is [var test] ? test : syntax)] };
    }

    /// <summary>The outcome of a test as far as ihave decides it; null: a run does.</summary>
    private bool? KnownOutcome(CommandSyntax test)
    {
        if (_vocabulary.Find(test.Name, asTest: true) is { Declares: true })
        {
            return IHaveExtension.HasAll(IHaveExtension.CapabilitiesOf(test), _vocabulary);
        }

        return test.Name switch
        {
            "not" when test.Tests is [var inner] => !KnownOutcome(inner),
            "allof" or "all" when test.Tests.Any(inner => KnownOutcome(inner) == false) => false,
            "anyof" or "any" when !test.Tests.IsEmpty && test.Tests.All(inner => KnownOutcome(inner) == false) => false,
            _ => null,
        };
    }

    private BoundWord? Bind(Word word, CommandSyntax syntax)
    {
        Require(word, word.Capability, syntax);
        foreach (var capability in word.FurtherCapabilities)
        {
            Require(word, capability, syntax);
        }

        var bound = _arguments.Bind(word, syntax);
        var tests = Tests(word, syntax);
        var block = Block(word, syntax);
        if (bound is null || tests.IsDefault)
        {
            return null;
        }

        bound.Tests = tests;
        bound.Block = block;
        word.Check?.Invoke(bound, _diagnostics);
        return bound;
    }

    private void Require(Word word, string? capability, CommandSyntax syntax)
    {
        if (!_requirements.TryUse(capability))
        {
            _requirements.Report(capability!, syntax.NameSpan, $"`{word.Name}`");
        }
    }

    /// <summary>The tests of a word; default where they are faulty.</summary>
    private ImmutableArray<BoundWord> Tests(Word word, CommandSyntax syntax)
    {
        if (syntax.Tests.IsEmpty)
        {
            return CheckArity(word, syntax) ? [] : default;
        }

        var tests = ImmutableArray.CreateBuilder<BoundWord>(syntax.Tests.Length);
        foreach (var test in syntax.Tests)
        {
            if (FindWord(test, asTest: true) is { } testWord)
            {
                tests.AddIfNotNull(Bind(testWord, test));
            }
            else
            {
                BindUnknown(test);
            }
        }

        if (!CheckArity(word, syntax) || tests.Count < syntax.Tests.Length)
        {
            return default;
        }

        return tests.DrainToImmutable();
    }

    private bool CheckArity(Word word, CommandSyntax syntax)
    {
        var message = word.Tests switch
        {
            TestArity.None when syntax.Tests.Length > 0 => $"`{word.Name}` takes no test.",
            TestArity.One when syntax.Tests.Length == 0 => $"`{word.Name}` needs a test.",
            TestArity.One when syntax.Tests.Length > 1 => $"`{word.Name}` takes one test; combine several with `allof (…)` or `anyof (…)`.",
            TestArity.One when syntax.HasTestList => $"`{word.Name}` takes its test without parentheses.",
            TestArity.List when !syntax.HasTestList => $"`{word.Name}` needs a list of tests in parentheses.",
            _ => null,
        };
        if (message is null)
        {
            return true;
        }

        var at = syntax.Tests is [var first, ..] ? first.NameSpan : syntax.NameSpan;
        _diagnostics.Add(FilterCodes.WrongTests, at, message, ArityFix(word, syntax));
        return false;
    }

    private TextEdit? ArityFix(Word word, CommandSyntax syntax)
    {
        if (word.Tests != TestArity.One || !syntax.HasTestList || syntax.Tests.IsEmpty)
        {
            return null;
        }

        var inner = syntax.Tests[0].Span.Cover(syntax.Tests[^1].Span);
        var open = _script.Text.Octets[syntax.NameSpan.End..inner.Start].LastIndexOf((byte)'(');
        var close = _script.Text.Octets[inner.End..].IndexOf((byte)')');
        if (open < 0 || close < 0)
        {
            return null;
        }

        var outer = SourceSpan.Between(syntax.NameSpan.End + open, inner.End + close + 1);
        return syntax.Tests.Length == 1
            ? TextEdit.Replace(outer, _script.Text.Slice(inner), "remove the parentheses")
            : TextEdit.Insert(outer.Start, "allof ", "all of them must be true") with { IsCertain = false };
    }

    private ImmutableArray<BoundWord> Block(Word word, CommandSyntax syntax)
    {
        if (word.HasBlock && syntax.Block is null)
        {
            // A command without its block and semicolon was reported by the parser.
            if (syntax.Span.Length > 0 && _script.Text.Octets[syntax.Span.End - 1] == ';')
            {
                _diagnostics.Add(
                    FilterCodes.WrongBlock, new(syntax.Span.End - 1, 1), $"`{word.Name}` needs a block in braces instead of a semicolon.");
            }
        }
        else if (!word.HasBlock && syntax.Block is { } unexpected)
        {
            _diagnostics.Add(FilterCodes.WrongBlock, new(unexpected.Span.Start, 1), $"`{word.Name}` takes no block; it ends with a semicolon.");
        }

        return syntax.Block is { } block ? Commands(block.Commands, isTop: false) : [];
    }

    private void CheckChain(Word word, CommandSyntax command, CommandSyntax? previous)
    {
        if (word.Chain is not (ChainRole.Continue or ChainRole.End))
        {
            return;
        }

        var role = previous is null ? null : _vocabulary.Find(previous.Name, asTest: false)?.Chain;
        if (role is not (ChainRole.Start or ChainRole.Continue))
        {
            _diagnostics.Add(
                FilterCodes.ElseWithoutIf, command.NameSpan, $"`{word.Name}` must follow directly on the block of an `if` or `elsif`.");
        }
    }

    private Word? FindWord(CommandSyntax syntax, bool asTest)
    {
        if (_vocabulary.Find(syntax.Name, asTest) is { } word)
        {
            return word;
        }

        if (_vocabulary.Find(syntax.Name, !asTest) is not null)
        {
            var message = asTest
                ? $"`{syntax.Name}` is a command, not a test."
                : $"`{syntax.Name}` is a test: write `if {syntax.Name} … {{ … }}`.";
            _diagnostics.Add(FilterCodes.WrongKind, syntax.NameSpan, message);
            return null;
        }

        ReportUnknown(syntax, asTest);
        return null;
    }

    private void ReportUnknown(CommandSyntax syntax, bool asTest)
    {
        if (_vocabulary.Unloaded.TryGetValue(syntax.Name, out var plugin))
        {
            _diagnostics.Add(FilterCodes.PluginNotLoaded, syntax.NameSpan, $"`{syntax.Name}` is a word of the plugin `{plugin}`, which is not loaded.");
            return;
        }

        var kind = asTest ? "test" : "command";
        var names = _vocabulary.Words.Where(word => (word.Kind == WordKind.Test) == asTest).Select(word => word.Name);
        var nearest = Spelling.Nearest(syntax.Name, names);
        _diagnostics.Add(
            FilterCodes.UnknownWord, syntax.NameSpan,
            nearest is null ? $"There is no {kind} `{syntax.Name}`." : $"There is no {kind} `{syntax.Name}`; did you mean `{nearest}`?",
            nearest is null ? null : TextEdit.Replace(syntax.NameSpan, nearest, $"write `{nearest}`"));
    }

    /// <summary>What an unknown word holds is checked all the same.</summary>
    private void BindUnknown(CommandSyntax syntax)
    {
        foreach (var test in syntax.Tests)
        {
            if (FindWord(test, asTest: true) is { } word)
            {
                Bind(word, test);
            }
            else
            {
                BindUnknown(test);
            }
        }

        if (syntax.Block is { } block)
        {
            Commands(block.Commands, isTop: false);
        }
    }
}

/// <summary>Additions to immutable builders.</summary>
internal static class BuilderExtensions
{
    public static void AddIfNotNull<T>(this ImmutableArray<T>.Builder builder, T? item)
        where T : class
    {
        if (item is not null)
        {
            builder.Add(item);
        }
    }
}
