using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "spamtest", "spamtestplus" and "virustest" (RFC 5235). What the host's checks found is in the context.</summary>
internal static class SpamTestExtension
{
    private static readonly Parameter Value = new("value", ValueKind.TextList, ValueMeaning.Key);

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("spamtest", "the test spamtest", "RFC 5235 2.2"))
        .Add(new Capability("spamtestplus", "the test spamtest with :percent", "RFC 5235 2.3") { Implied = ["spamtest"] })
        .Add(new Capability("virustest", "the test virustest", "RFC 5235 3"))
        .Add(new Word("spamtest", WordKind.Test, "Matches how likely the message is spam: 1 is surely not, 10 surely is, 0 is untested.")
        {
            Reference = "RFC 5235 2",
            Capability = "spamtest",
            Tags = [new("percent", "from 0 to 100") { Capability = "spamtestplus" }],
            Parameters = [Value],
            TakesMatch = true,
            CompileTest = static (word, context) => context.Match(word, word.TextsAt(0), Spam(word)),
        })
        .Add(new Word("virustest", WordKind.Test, "Matches what a virus scan found: 0 untested, 1 clean, 2 repaired, 3 removed parts, 4 unsure, 5 infected.")
        {
            Reference = "RFC 5235 3",
            Capability = "virustest",
            Parameters = [Value],
            TakesMatch = true,
            CompileTest = static (word, context) => context.Match(word, word.TextsAt(0), Virus(word)),
        });

    /// <summary>:count tells whether the message was tested at all.</summary>
    private static ImmutableArray<ValueReader> Spam(BoundWord word)
    {
        var counts = word.MatchType!.Name == "count";
        var percent = word.Has("percent");
        return [new RunReader(run => run.Input.Context.SpamPercent is { } spam ? [Number(percent ? Math.Clamp(spam, 0, 100) : Grade(spam))] : counts ? [] : [Number(0)])];
    }

    private static ImmutableArray<ValueReader> Virus(BoundWord word)
    {
        var counts = word.MatchType!.Name == "count";
        return [new RunReader(run => run.Input.Context.VirusLevel is > 0 and var level ? [Number(Math.Min(level, 5))] : counts ? [] : [Number(0)])];
    }

    private static double Grade(double percent) => 1 + Math.Floor(Math.Clamp(percent, 0, 100) * 9 / 100);

    private static TextValue Number(double number) => new(Math.Floor(number).ToString(CultureInfo.InvariantCulture));
}
