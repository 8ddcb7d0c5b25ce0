using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>SELECT and EXAMINE (RFC 3501 sections 6.3.1 and 6.3.2).</summary>
/// <param name="Name">The mailbox.</param>
/// <param name="IsReadOnly">Whether it is EXAMINE.</param>
internal sealed record Select(string Name, bool IsReadOnly) : ImapCommand
{
    /// <summary>Takes a mailbox.</summary>
    public static Select? Parse(ref ImapReader reader) => Parse(ref reader, isReadOnly: false);

    /// <summary>Takes a mailbox.</summary>
    public static Select? ParseExamine(ref ImapReader reader) => Parse(ref reader, isReadOnly: true);

    /// <summary>Selects the mailbox; the one selected before is let go even where this fails.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Select command, CancellationToken cancellationToken)
    {
        session.Selected = null;
        IMailboxStore mailboxes = session.Services.Store.Mailboxes;
        Folder? folder = await mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        if (folder is null)
        {
            return Completion.No("[NONEXISTENT] There is no such mailbox");
        }

        if (!folder.IsSelectable)
        {
            return Completion.No("[NONEXISTENT] This name only has mailboxes below it");
        }

        IFolderHold? hold = await mailboxes.HoldAsync(folder.Id, takeRecent: !command.IsReadOnly, cancellationToken);
        if (hold is null)
        {
            return Completion.No("[NONEXISTENT] The mailbox was just deleted");
        }

        session.Selected = new SelectedFolder(folder, hold, command.IsReadOnly);
        Describe(session, session.Selected);
        return Completion.Ok(command.IsReadOnly ? "[READ-ONLY] Examined" : "[READ-WRITE] Selected");
    }

    private static Select? Parse(ref ImapReader reader, bool isReadOnly) =>
        reader.ExpectSpace() && reader.ReadMailbox(out string name) ? new Select(name, isReadOnly) : null;

    private static void Describe(ImapSession session, SelectedFolder selected)
    {
        FolderVersion version = selected.Version;
        selected.WriteFlagLists(session.Writer);
        session.WriteLine($"* {version.Count} EXISTS\r\n* {selected.RecentCount} RECENT");
        int unseen = FirstUnseen(version);
        if (unseen >= 0)
        {
            session.WriteLine($"* OK [UNSEEN {unseen + 1}] First unseen message");
        }

        session.WriteLine($"* OK [UIDVALIDITY {version.UidValidity}] UIDs are valid\r\n* OK [UIDNEXT {version.UidNext}] Predicted next UID");
    }

    private static int FirstUnseen(FolderVersion version)
    {
        for (int i = 0; i < version.Count; i++)
        {
            if (!version[i].Flags.Has(MessageFlags.Seen))
            {
                return i;
            }
        }

        return -1;
    }
}
