using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>EXPUNGE (RFC 3501 section 6.4.3) and UID EXPUNGE (RFC 4315 section 2.1).</summary>
/// <param name="Messages">Which of those with \Deleted; null for all.</param>
internal sealed record Expunge(MessageSet? Messages) : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Expunge? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Expunge(Messages: null) : null;

    /// <summary>Takes a set of UIDs.</summary>
    public static Expunge? ParseUid(ref ImapReader reader) =>
        MessageSet.Parse(ref reader, isUid: true) is { } messages ? new Expunge(messages) : null;

    /// <summary>Removes messages; the EXPUNGE responses come with the news after it.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Expunge command, CancellationToken cancellationToken)
    {
        SelectedFolder selected = session.Mailbox;
        if (selected.IsReadOnly)
        {
            return Completion.No("[READ-ONLY] The mailbox was opened with EXAMINE");
        }

        ImmutableArray<PositionRange> positions = command.Messages is null
            ? selected.Version.Count == 0 ? [] : [new PositionRange(0, selected.Version.Count - 1)]
            : command.Messages.Set.ResolveUids(selected.Version);
        await RemoveAsync(session, positions, cancellationToken);
        return Completion.Ok("Expunged");
    }

    /// <summary>Removes those of some messages that are flagged \Deleted.</summary>
    public static async ValueTask RemoveAsync(ImapSession session, ImmutableArray<PositionRange> positions, CancellationToken cancellationToken)
    {
        SelectedFolder selected = session.Mailbox;
        List<uint> uids = [];
        foreach (PositionRange range in positions)
        {
            for (int i = range.First; i <= range.Last; i++)
            {
                MessageEntry entry = selected.EntryAt(i);
                if (entry.Flags.Has(MessageFlags.Deleted))
                {
                    uids.Add(entry.Uid);
                }
            }
        }

        if (uids.Count == 0)
        {
            return;
        }

        IReadOnlyList<uint> removed = await session.Services.Store.Mailboxes.ExpungeAsync(
            selected.Folder.Id, uids, always: false, cancellationToken);
        if (removed.Count > 0)
        {
            session.Services.Events.Publish(new MailboxEvent(session.Owner, MailboxChangeKind.Expunged, selected.Folder, null, removed));
        }
    }
}
