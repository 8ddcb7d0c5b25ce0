using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>GETMETADATA (RFC 5464 section 4.2).</summary>
/// <param name="Name">The mailbox; empty for the server.</param>
/// <param name="Request">What is wanted.</param>
internal sealed record GetMetadata(string Name, MetadataRequest Request) : ImapCommand
{
    /// <summary>Takes options, a mailbox, entries. The options may also stand behind the mailbox, as in the RFC's examples.</summary>
    public static GetMetadata? Parse(ref ImapReader reader)
    {
        MetadataRequest request = MetadataRequest.None;
        if (!reader.ExpectSpace()
            || (reader.Next == '(' && (!MetadataRequest.ReadOptions(ref reader, ref request) || !reader.ExpectSpace()))
            || !reader.ReadMailbox(out string name) || !reader.ExpectSpace()
            || (MetadataRequest.AreOptionsNext(reader) && (!MetadataRequest.ReadOptions(ref reader, ref request) || !reader.ExpectSpace())))
        {
            return null;
        }

        return MetadataRequest.ReadEntries(ref reader, ref request) ? new GetMetadata(name, request) : null;
    }

    /// <summary>Tells the annotations.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, GetMetadata command, CancellationToken cancellationToken)
    {
        Folder? folder = null;
        if (command.Name.Length > 0)
        {
            folder = await session.Services.Store.Mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
            if (folder is null)
            {
                return Completion.No("[NONEXISTENT] There is no such mailbox");
            }
        }

        return MetadataRequest.Complete(await command.Request.TellAsync(session, folder, cancellationToken), "Annotations told");
    }
}
