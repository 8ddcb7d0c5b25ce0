using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>
/// Runs scripts on what owners did in their mailboxes over IMAP (RFC 6785), after it was committed. PluginMail.Delivery implements it.
/// </summary>
public interface IMailboxScripts
{
    /// <summary>Runs the scripts of an event, those of one account in the order of its events.</summary>
    /// <param name="happened">What was done.</param>
    /// <param name="cancellationToken">The command waits no longer; the scripts go on.</param>
    /// <returns>
    /// Completes when they have run, or after a bounded time, and they go on then. Their failures are theirs: nothing is thrown.
    /// </returns>
    ValueTask RunAsync(MailboxScriptEvent happened, CancellationToken cancellationToken);
}

/// <summary>What was done to one or more messages (RFC 6785 section 4.3).</summary>
public enum MailboxCause
{
    /// <summary>They were put into the mailbox by a client.</summary>
    Append,

    /// <summary>They were copied or moved there.</summary>
    Copy,

    /// <summary>Their flags were changed.</summary>
    Flag,
}

/// <summary>A committed change of one or more messages, on which scripts may run.</summary>
/// <param name="Account">Whose mailbox, and who did it.</param>
/// <param name="Cause">What was done.</param>
/// <param name="Folder">The mailbox that the messages are in now.</param>
/// <param name="FromFolder">Where they were copied or moved from; null otherwise.</param>
/// <param name="Messages">The messages; of changed flags those with the same changes together.</param>
public sealed record MailboxScriptEvent(
    Account Account, MailboxCause Cause, Folder Folder, Folder? FromFolder, IReadOnlyList<ScriptedMessages> Messages)
{
    /// <summary>How many messages.</summary>
    public int Count => Messages.Sum(static some => some.Uids.Count);
}

/// <summary>Messages to which the same was done.</summary>
/// <param name="Uids">Their UIDs, rising.</param>
/// <param name="ChangedFlags">The flags that were set or taken away; none where no flags were changed.</param>
public sealed record ScriptedMessages(IReadOnlyList<uint> Uids, MessageFlags ChangedFlags = default);
