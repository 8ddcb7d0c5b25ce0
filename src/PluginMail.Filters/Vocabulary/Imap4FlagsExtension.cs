using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "imap4flags" (RFC 5232). The names of variables need "variables" as well.</summary>
internal static class Imap4FlagsExtension
{
    private const string Name = "imap4flags";
    private static readonly Parameter Flags = new("list-of-flags", ValueKind.TextList);

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        var tag = new TagSignature("flags", "the flags of this copy, instead of those that setflag and addflag gave")
        {
            Capability = Name,
            Value = Flags,
        };
        vocabulary
            .Add(new Capability(Name, "IMAP flags of what is kept and filed", "RFC 5232"))
            .AddTag("keep", tag)
            .AddTag("fileinto", tag)
            .Add(Action("setflag", "Replaces the flags that keep and fileinto set.", "RFC 5232 3.1", static (_, flags) => flags))
            .Add(Action("addflag", "Adds to the flags that keep and fileinto set.", "RFC 5232 3.2", static (old, flags) => FlagSet.Parse(old.Concat(flags))))
            .Add(Action("removeflag", "Takes away from the flags that keep and fileinto set.", "RFC 5232 3.3", FlagSet.Except))
            .Add(new Word("hasflag", WordKind.Test, "Matches the flags that keep and fileinto would set, or those in variables.")
            {
                Reference = "RFC 5232 4",
                Capability = Name,
                Parameters = [new("variable-list", ValueKind.TextList), new("list-of-flags", ValueKind.TextList, ValueMeaning.Key)],
                IsFirstOptional = true,
                TakesMatch = true,
                Check = CheckVariables,
                CompileTest = static (word, context) => context.Match(
                    word, [.. word.TextsAt(1).SelectMany(SplitFlags)], [new RunReader(run => FlagsOf(run, word.TextsAt(0)))]),
            });
    }

    private static Word Action(
        string name, string summary, string reference, Func<ImmutableArray<string>, ImmutableArray<string>, ImmutableArray<string>> change) =>
        new(name, WordKind.Control, summary)
        {
            Reference = reference,
            Capability = Name,
            Parameters = [new("variable-name", ValueKind.Text) { IsConstant = true }, Flags],
            IsFirstOptional = true,
            Check = CheckVariables,
            CompileCommand = (word, _) => new FlagNode(word.Span, word.TextsAt(0) is [var variable] ? variable.Constant : null, word.TextsAt(1), change),
        };

    /// <summary>A list of flags in one string is the list of the flags.</summary>
    private static IEnumerable<StringExpression> SplitFlags(StringExpression text) =>
        text.IsConstant && text.Constant.Contains(' ', StringComparison.Ordinal)
            ? text.Constant.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(flag => StringExpression.Of(Encoding.UTF8.GetBytes(flag)))
            : [text];

    private static TextValue[] FlagsOf(FilterRun run, ImmutableArray<StringExpression> variables) => variables.IsEmpty
        ? [.. run.Flags.Select(flag => new TextValue(flag))]
        : [.. variables.SelectMany(variable => FlagSet.Parse(run.Variables.Get(variable.Text(run)))).Select(flag => new TextValue(flag))];

    private static void CheckVariables(BoundWord word, DiagnosticBag diagnostics)
    {
        foreach (var variable in ((BoundStrings)word.Arguments[0]).Strings)
        {
            if (variable.Value.IsConstant && !VariableReferences.IsName(variable.Value.Constant))
            {
                diagnostics.Add(FilterCodes.BadVariable, variable.Syntax.Span, $"`{variable.Value.Constant}` cannot name a variable; with two arguments the first of `{word.Word.Name}` is a variable's name.");
            }
        }
    }

    /// <summary>setflag, addflag, removeflag: they change variables only, so that they work outside of direction tests too.</summary>
    private sealed class FlagNode(
        SourceSpan span, string? variable, ImmutableArray<StringExpression> flags,
        Func<ImmutableArray<string>, ImmutableArray<string>, ImmutableArray<string>> change) : CommandNode(span)
    {
        protected override Flow Perform(FilterRun run)
        {
            var given = FlagSet.Parse(flags.Select(text => text.Text(run)));
            run.Spend(given.Length);
            if (variable is null)
            {
                run.Flags = change(run.Flags, given);
                run.Acted(Span);
            }
            else if (!run.Variables.Set(variable, Encoding.UTF8.GetBytes(string.Join(' ', change(FlagSet.Parse(run.Variables.Get(variable)), given)))))
            {
                run.Fail(FilterCodes.TooMuchMemory, "The script's variables together became too large.", Span);
            }

            return Flow.Next;
        }
    }
}
