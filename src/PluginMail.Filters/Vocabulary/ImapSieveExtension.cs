using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "imapsieve" (RFC 6785): it marks scripts for IMAP events, and tells them by items of the environment what happened.</summary>
internal static class ImapSieveExtension
{
    public const string Name = "imapsieve";
    private const string Reference = "RFC 6785 4";

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Add(new Capability(Name, "the script is for IMAP events; items of the environment that tell of them", "RFC 6785") { IsMarker = true });
        vocabulary.EnvironmentItems.AddRange(
        [
            Item("imap.cause", "what happened: `APPEND`, `COPY` (a move as well) or `FLAG`", static happened => happened.CauseName),
            Item("imap.mailbox", "the mailbox that the message is in", static happened => happened.Mailbox),
            Item("imap.user", "the login of the user who did it", static happened => happened.User),
            Item("imap.email", "that user's main address", static happened => happened.Email),
            Item("imap.changedflags", "the flags that changed, with spaces between", static happened => string.Join(' ', happened.ChangedFlags)),
        ]);
    }

    /// <summary>Where mail arrives they are there, and empty (RFC 6785 4.2).</summary>
    private static EnvironmentItem Item(string name, string summary, Func<ImapEvent, string> value) => new(name, summary)
    {
        Capability = Name,
        Reference = Reference,
        Value = run => run.Input.Context.Event is { } happened ? value(happened) : "",
    };
}
