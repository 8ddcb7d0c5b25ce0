using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>GETQUOTAROOT (RFC 9208 section 4.2.2).</summary>
/// <param name="Name">The mailbox.</param>
internal sealed record GetQuotaRoot(string Name) : ImapCommand
{
    /// <summary>Takes a mailbox.</summary>
    public static GetQuotaRoot? Parse(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadMailbox(out string name) ? new GetQuotaRoot(name) : null;

    /// <summary>Tells the mailbox's quota root, and its use and limit.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, GetQuotaRoot command, CancellationToken cancellationToken)
    {
        Folder? folder = await session.Services.Store.Mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        if (folder is null)
        {
            return Completion.No("[NONEXISTENT] There is no such mailbox");
        }

        session.Writer.Write("* QUOTAROOT "u8);
        session.Writer.WriteMailbox(folder.Name);
        session.WriteLine(" \"\"");
        await GetQuota.TellAsync(session, cancellationToken);
        return Completion.Ok("Quota told");
    }
}
