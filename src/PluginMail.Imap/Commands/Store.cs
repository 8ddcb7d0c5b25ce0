using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>STORE (RFC 3501 section 6.4.6), with its UID form.</summary>
/// <param name="Messages">Which.</param>
/// <param name="Update">What to change.</param>
/// <param name="IsSilent">Whether the new flags are not told.</param>
internal sealed record Store(MessageSet Messages, FlagUpdate Update, bool IsSilent) : ImapCommand
{
    /// <summary>Takes a set and a change of flags.</summary>
    public static Store? Parse(ref ImapReader reader) => Parse(ref reader, isUid: false);

    /// <summary>Takes a set and a change of flags.</summary>
    public static Store? ParseUid(ref ImapReader reader) => Parse(ref reader, isUid: true);

    /// <summary>Changes the flags and tells the new ones.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Store command, CancellationToken cancellationToken)
    {
        SelectedFolder selected = session.Mailbox;
        if (selected.IsReadOnly)
        {
            return Completion.No("[READ-ONLY] The mailbox was opened with EXAMINE");
        }

        if (command.Messages.Resolve(selected.Version) is not { } positions)
        {
            return Completion.Bad("A message number is higher than there are messages");
        }

        List<uint> uids = MessageSet.UidsOf(selected.Version, positions);
        if (uids.Count == 0)
        {
            return Completion.Ok("There are no such messages");
        }

        IMailboxStore mailboxes = session.Services.Store.Mailboxes;
        IReadOnlyList<MessageEntry>? changed = await mailboxes.UpdateFlagsAsync(
            selected.Folder.Id, uids, command.Update, unchangedSince: null, cancellationToken);
        if (changed is null)
        {
            return Completion.No("[LIMIT] The mailbox has no room for more keywords");
        }

        if (command.Update.Keywords.Any(keyword => !selected.Keywords.Contains(keyword, StringComparer.OrdinalIgnoreCase)))
        {
            await selected.LearnKeywordsAsync(mailboxes, session.Writer, cancellationToken);
        }

        IReadOnlyList<ScriptedMessages> different = session.Services.Scripts is null ? [] : ScriptEvents.Compare(selected, changed, command.Update);
        selected.Note(changed);
        if (!command.IsSilent)
        {
            await TellAsync(session, changed, command.Messages.IsUid, cancellationToken);
        }

        await ScriptEvents.FlaggedAsync(session, different, cancellationToken);
        return changed.Count == uids.Count ? Completion.Ok("Stored") : Completion.Ok("[EXPUNGEISSUED] Stored where messages are still there");
    }

    private static async ValueTask TellAsync(
        ImapSession session, IReadOnlyList<MessageEntry> changed, bool withUid, CancellationToken cancellationToken)
    {
        foreach (MessageEntry entry in changed)
        {
            int position = session.Mailbox.Version.IndexOf(entry.Uid);
            if (position >= 0)
            {
                session.Mailbox.WriteFlags(session.Writer, position, entry, withUid);
                await session.Writer.FlushIfFullAsync(cancellationToken);
            }
        }
    }

    private static Store? Parse(ref ImapReader reader, bool isUid)
    {
        if (MessageSet.Parse(ref reader, isUid) is not { } messages || !reader.ExpectSpace())
        {
            return null;
        }

        FlagUpdateMode mode = reader.TryTake((byte)'+') ? FlagUpdateMode.Add
            : reader.TryTake((byte)'-') ? FlagUpdateMode.Remove
            : FlagUpdateMode.Replace;
        bool isSilent = reader.TryTakeWord("FLAGS.SILENT"u8);
        if (!isSilent && !reader.TryTakeWord("FLAGS"u8) && !reader.Fail("FLAGS is expected"))
        {
            return null;
        }

        if (!reader.ExpectSpace() || !(reader.Next == '(' ? reader.ReadFlagList(out FlagSet flags) : reader.ReadFlags(out flags)))
        {
            return null;
        }

        return new Store(messages, new FlagUpdate(mode, flags.System, flags.Keywords), isSilent);
    }
}
