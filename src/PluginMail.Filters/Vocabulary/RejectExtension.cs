using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "reject" and "ereject" (RFC 5429).</summary>
internal static class RejectExtension
{
    /// <summary>What fits into a reply of several lines that clients still read.</summary>
    private const int LongestReason = 4096;

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("reject", "the action reject", "RFC 5429 2.2") { IsForDelivery = true })
        .Add(new Capability("ereject", "the action ereject", "RFC 5429 2.1") { IsForDelivery = true })
        .Add(Row("reject", "Refuses the message; the sender gets the reason as it is written.", "RFC 5429 2.2", prefersReply: false))
        .Add(Row("ereject", "Refuses the message in the session if that is possible.", "RFC 5429 2.1", prefersReply: true));

    private static Word Row(string name, string summary, string reference, bool prefersReply) => new(name, WordKind.Action, summary)
    {
        Reference = reference,
        Capability = name,
        Parameters = [new("reason", ValueKind.Text)],
        Check = Check,
        CompileCommand = (word, _) => Reject(word, prefersReply),
    };

    private static IncomingActionNode Reject(BoundWord word, bool prefersReply)
    {
        var reason = word.TextAt(0);
        return new(word.Span, run => new FilterEffect.Reject(Cut(reason.Text(run))) { PrefersReply = prefersReply });
    }

    private static void Check(BoundWord word, DiagnosticBag diagnostics)
    {
        if (word.TextAt(0) is { IsConstant: true } reason && reason.Octets.Length > LongestReason)
        {
            diagnostics.Add(FilterCodes.BadValue, word.Arguments[0].Span, $"The reason of a refusal has at most {LongestReason} octets.");
        }
    }

    private static string Cut(string reason) => reason.Length <= LongestReason ? reason : reason[..LongestReason];
}
