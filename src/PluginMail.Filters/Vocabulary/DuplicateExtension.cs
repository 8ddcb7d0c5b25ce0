using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "duplicate" (RFC 7352). The host remembers what the run has marked once the message is delivered.</summary>
internal static class DuplicateExtension
{
    private static readonly TimeSpan Default = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("duplicate", "the test duplicate", "RFC 7352"))
        .Add(new Word("duplicate", WordKind.Test, "True where an earlier message had the same Message-ID, or what a tag names instead.")
        {
            Reference = "RFC 7352 3",
            Capability = "duplicate",
            Tags =
            [
                new("handle", "only messages that a test with this handle has seen") { Value = new("handle", ValueKind.Text) },
                new("header", "the first field of this name identifies the message") { Group = "identifier", Value = new("header-name", ValueKind.Text, ValueMeaning.HeaderName) },
                new("uniqueid", "this text identifies the message") { Group = "identifier", Value = new("value", ValueKind.Text) },
                new("seconds", "how long it is remembered, seven days where it is not said") { Value = new("timeout", ValueKind.Number) },
                new("last", "the time runs anew with each duplicate"),
            ],
            CompileTest = static (word, _) => Duplicate(word),
        });

    private static HostTestNode Duplicate(BoundWord word)
    {
        var lifetime = word.NumberOf("seconds") is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) : Default;
        return new(word.Span, run =>
        {
            if (lifetime == TimeSpan.Zero || Identify(run, word) is not { Length: > 0 } id)
            {
                return false;
            }

            var mark = new DuplicateMark(word.TextOf("handle")?.Text(run) ?? "", id, lifetime, word.Has("last"));
            run.Mark(mark);
            return run.AskHost(word.Span, "duplicate", $"{mark.Handle}\0{id}", (host, cancellation) => host.IsDuplicateAsync(mark, cancellation));
        });
    }

    private static string? Identify(FilterRun run, BoundWord word)
    {
        if (word.TextOf("uniqueid") is { } text)
        {
            return text.Text(run);
        }

        var header = word.TextOf("header")?.Text(run) ?? "message-id";
        return run.Input.Message.GetHeader(header) is [var value, ..] ? Encoding.UTF8.GetString(value) : null;
    }
}
