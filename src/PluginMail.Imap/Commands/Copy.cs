using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>COPY (RFC 3501 section 6.4.7) and MOVE (RFC 6851), each with its UID form.</summary>
/// <param name="Messages">Which.</param>
/// <param name="Name">The mailbox they go to.</param>
/// <param name="IsMove">Whether they leave the one they are in.</param>
internal sealed record Copy(MessageSet Messages, string Name, bool IsMove) : ImapCommand
{
    /// <summary>Takes a set and a mailbox.</summary>
    public static Copy? Parse(ref ImapReader reader) => Parse(ref reader, isUid: false, isMove: false);

    /// <summary>Takes a set and a mailbox.</summary>
    public static Copy? ParseUid(ref ImapReader reader) => Parse(ref reader, isUid: true, isMove: false);

    /// <summary>Takes a set and a mailbox.</summary>
    public static Copy? ParseMove(ref ImapReader reader) => Parse(ref reader, isUid: false, isMove: true);

    /// <summary>Takes a set and a mailbox.</summary>
    public static Copy? ParseUidMove(ref ImapReader reader) => Parse(ref reader, isUid: true, isMove: true);

    /// <summary>Copies or moves in one commit. The EXPUNGE responses of a move come with the news after it.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Copy command, CancellationToken cancellationToken)
    {
        SelectedFolder source = session.Mailbox;
        if (command.IsMove && source.IsReadOnly)
        {
            return Completion.No("[READ-ONLY] The mailbox was opened with EXAMINE");
        }

        if (command.Messages.Resolve(source.Version) is not { } positions)
        {
            return Completion.Bad("A message number is higher than there are messages");
        }

        IMailboxStore mailboxes = session.Services.Store.Mailboxes;
        Folder? target = await mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        if (target is not { IsSelectable: true })
        {
            return Completion.No("[TRYCREATE] There is no such mailbox");
        }

        if (command.IsMove && target.Id == source.Folder.Id)
        {
            return Completion.No("[CANNOT] The messages are in that mailbox");
        }

        List<uint> uids = MessageSet.UidsOf(source.Version, positions);
        if (uids.Count == 0)
        {
            return Completion.Ok("There are no such messages");
        }

        CopyOutcome outcome = command.IsMove
            ? await mailboxes.MoveAsync(source.Folder.Id, uids, target.Id, cancellationToken)
            : await mailboxes.CopyAsync(source.Folder.Id, uids, target.Id, cancellationToken);
        Completion completion = Answer(session, command, target, outcome);
        await ScriptEvents.CopiedAsync(session, target, outcome, cancellationToken);
        return completion;
    }

    private static Completion Answer(ImapSession session, Copy command, Folder target, CopyOutcome outcome)
    {
        switch (outcome.Status)
        {
            case CopyStatus.NoTarget:
                return Completion.No("[TRYCREATE] There is no such mailbox");
            case CopyStatus.OverQuota:
                return Completion.No("[OVERQUOTA] The account may not hold so much");
            case CopyStatus.Done when outcome.Messages.Count == 0:
                return Completion.No("[EXPUNGEISSUED] The messages are gone");
            default:
                break;
        }

        MailboxChangeKind kind = command.IsMove ? MailboxChangeKind.Moved : MailboxChangeKind.Copied;
        uint[] targets = [.. outcome.Messages.Select(message => message.TargetUid)];
        session.Services.Events.Publish(new MailboxEvent(session.Owner, kind, target, session.Mailbox.Folder, targets));
        string code = $"[COPYUID {outcome.TargetUidValidity} {MessageSet.Format(outcome.Messages.Select(message => message.SourceUid))}"
            + $" {MessageSet.Format(targets)}]";
        if (!command.IsMove)
        {
            return Completion.Ok($"{code} Copied");
        }

        session.WriteLine("* OK ", code, " Moved"); // before the EXPUNGE responses (RFC 6851 section 4.3)
        return Completion.Ok("Moved");
    }

    private static Copy? Parse(ref ImapReader reader, bool isUid, bool isMove) =>
        MessageSet.Parse(ref reader, isUid) is { } messages && reader.ExpectSpace() && reader.ReadMailbox(out string name)
            ? new Copy(messages, name, isMove)
            : null;
}
