using System.Collections.Immutable;
using System.IO.Enumeration;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Scripts of the server for IMAP events in some mailboxes.</summary>
/// <param name="Mailbox">The mailbox: a name in which <c>*</c> stands for any characters and <c>?</c> for one, or a special use as <c>\Junk</c>.</param>
/// <param name="From">Only what was copied or moved from such a mailbox; empty: from anywhere.</param>
/// <param name="Causes">On what.</param>
/// <param name="Before">Files that run before the mailbox's own script.</param>
/// <param name="After">Files that run after it.</param>
public sealed record EventRule(
    string Mailbox, string From, ImmutableArray<MailboxCause> Causes, ImmutableArray<string> Before, ImmutableArray<string> After)
{
    /// <summary>Whether the scripts run on an event.</summary>
    /// <param name="happened">The event.</param>
    /// <returns>True where they do.</returns>
    public bool Matches(MailboxScriptEvent happened) =>
        Causes.Contains(happened.Cause) && IsMeant(Mailbox, happened.Folder)
        && (From.Length == 0 || (happened.FromFolder is { } source && IsMeant(From, source)));

    private static bool IsMeant(string pattern, Folder folder) =>
        pattern.StartsWith('\\') ? folder.SpecialUse != SpecialUse.None && pattern.AsSpan(1).Equals(folder.SpecialUse.ToString(), StringComparison.OrdinalIgnoreCase)
        : pattern.Equals(Folder.Inbox, StringComparison.OrdinalIgnoreCase) ? folder.Name == Folder.Inbox
        : FileSystemName.MatchesSimpleExpression(pattern, folder.Name, ignoreCase: false);
}
