using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>RENAME (RFC 3501 section 6.3.5).</summary>
/// <param name="Name">The mailbox.</param>
/// <param name="NewName">Its new name.</param>
internal sealed record Rename(string Name, string NewName) : ImapCommand
{
    /// <summary>Takes two mailboxes.</summary>
    public static Rename? Parse(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadMailbox(out string name) && reader.ExpectSpace() && reader.ReadMailbox(out string newName)
            ? new Rename(name, newName)
            : null;

    /// <summary>Renames the mailbox with those below it.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Rename command, CancellationToken cancellationToken)
    {
        FolderChange change = await session.Services.Store.Mailboxes.RenameFolderAsync(
            session.Owner.Id, command.Name, command.NewName, cancellationToken);
        return FolderReply.Of(change, "Renamed");
    }
}
