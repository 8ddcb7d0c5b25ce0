using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Rspamd;

/// <summary>What Rspamd says of a message.</summary>
/// <param name="Action">Its action, as <c>no action</c> or <c>soft reject</c>.</param>
/// <param name="Score">The sum of its points, finite.</param>
/// <param name="Required">The points that lead to rejection.</param>
/// <param name="Symbols">What hit, the weightiest first, bounded.</param>
/// <param name="SmtpMessage">What the client is to be told; empty where nothing.</param>
/// <param name="Subject">The new subject; empty where the old one stays.</param>
/// <param name="Reject">What an action of the settings' own making means: <c>discard</c> or <c>quarantine</c>; empty otherwise.</param>
/// <param name="Milter">What else is to be changed.</param>
internal sealed record Judgement(
    string Action, double Score, double Required, ImmutableArray<Symbol> Symbols, string SmtpMessage, string Subject, string Reject, MilterReply Milter)
{
    /// <summary>What the action comes to: one of Rspamd's own, <c>discard</c> and <c>quarantine</c> among them, or one that is not known.</summary>
    public string Treatment => Reject is "discard" or "quarantine" ? Reject
        : Action == "reject" && Milter.Reject is ("discard" or "quarantine") ? Milter.Reject
        : Action;
}

/// <summary>A rule that hit.</summary>
/// <param name="Name">Its name: printable, without blanks.</param>
/// <param name="Score">Its points, finite.</param>
internal sealed record Symbol(string Name, double Score);

/// <summary>Changes that Rspamd's modules ask for, bounded in number.</summary>
/// <param name="Add">Header fields to add.</param>
/// <param name="Remove">Header fields to remove: the one of an index counted from 1, or from the last with a negative one, or all with 0; in an order in which none moves what another means.</param>
/// <param name="Signatures">DKIM-Signature fields: what stands behind the name, octet for octet.</param>
/// <param name="SpamFields">What the action <c>add header</c> writes; none: <c>X-Spam: Yes</c>.</param>
/// <param name="AddRecipients">Who gets it too.</param>
/// <param name="RemoveRecipients">Who does not.</param>
/// <param name="ChangeFrom">The new reverse path; null where the old one stays.</param>
/// <param name="Reject">What <c>reject</c> means instead: <c>discard</c> or <c>quarantine</c>; empty otherwise.</param>
/// <param name="NoAction">Whether nothing is done to the message for what was found.</param>
internal sealed record MilterReply(
    ImmutableArray<(string Name, string Value, bool AtTop)> Add,
    ImmutableArray<(string Name, int Index)> Remove,
    ImmutableArray<string> Signatures,
    ImmutableArray<(string Name, string Value)> SpamFields,
    ImmutableArray<EmailAddress> AddRecipients,
    ImmutableArray<EmailAddress> RemoveRecipients,
    string? ChangeFrom,
    string Reject,
    bool NoAction)
{
    /// <summary>None.</summary>
    public static readonly MilterReply Empty = new([], [], [], [], [], [], null, "", NoAction: false);
}
