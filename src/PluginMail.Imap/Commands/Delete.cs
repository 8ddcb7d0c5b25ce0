using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>DELETE (RFC 3501 section 6.3.4).</summary>
/// <param name="Name">The mailbox.</param>
internal sealed record Delete(string Name) : ImapCommand
{
    /// <summary>Takes a mailbox.</summary>
    public static Delete? Parse(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadMailbox(out string name) ? new Delete(name) : null;

    /// <summary>Deletes the mailbox; where it is this session's selected one, none is selected afterwards.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Delete command, CancellationToken cancellationToken)
    {
        IMailboxStore mailboxes = session.Services.Store.Mailboxes;
        Folder? folder = await mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        FolderChange change = await mailboxes.DeleteFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        if (change == FolderChange.Done && folder is not null && session.Selected?.Folder.Id == folder.Id)
        {
            session.Selected = null;
        }

        return FolderReply.Of(change, "Deleted");
    }
}
