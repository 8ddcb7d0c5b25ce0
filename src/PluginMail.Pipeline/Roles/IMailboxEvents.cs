using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Is told of what owners did in their mailboxes, after it was committed. The server wires it to the observers.</summary>
public interface IMailboxEvents
{
    /// <summary>Takes note of a change. Must neither wait nor throw.</summary>
    /// <param name="change">The change.</param>
    void Publish(MailboxEvent change);
}

/// <summary>A committed change of one or more messages.</summary>
/// <param name="Account">Whose mailbox.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Folder">The folder where the messages are now; of expunged ones, where they were.</param>
/// <param name="FromFolder">Where they were before a move or copy; null otherwise.</param>
/// <param name="Uids">Their UIDs in <paramref name="Folder"/>.</param>
public sealed record MailboxEvent(Account Account, MailboxChangeKind Kind, Folder Folder, Folder? FromFolder, IReadOnlyList<uint> Uids);
