using System.Collections.Immutable;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>Scripts of the server for IMAP events in some mailboxes.</summary>
/// <param name="Mailbox">The mailbox: a name in which <c>*</c> stands for any characters, or a special use as <c>\Junk</c>.</param>
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
        : Fits(pattern, folder.Name);

    // Each part between two stars where it comes first: no other place lets more of the rest fit.
    private static bool Fits(string pattern, string name)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return pattern == name;
        }

        if (name.Length < parts[0].Length + parts[^1].Length || !name.StartsWith(parts[0], StringComparison.Ordinal) || !name.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = name.AsSpan(parts[0].Length, name.Length - parts[0].Length - parts[^1].Length);
        foreach (string part in parts.AsSpan(1, parts.Length - 2))
        {
            int at = rest.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + part.Length)..];
        }

        return true;
    }
}
