using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>What STATUS tells.</summary>
[Flags]
internal enum StatusItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>How many messages.</summary>
    Messages = 1,

    /// <summary>How many that no session has been told of.</summary>
    Recent = 2,

    /// <summary>The next UID.</summary>
    UidNext = 4,

    /// <summary>RFC 3501 section 2.3.1.1.</summary>
    UidValidity = 8,

    /// <summary>How many without \Seen.</summary>
    Unseen = 16,
}

/// <summary>STATUS (RFC 3501 section 6.3.10).</summary>
/// <param name="Name">The mailbox.</param>
/// <param name="Items">What is asked for.</param>
internal sealed record Status(string Name, StatusItems Items) : ImapCommand
{
    /// <summary>Takes a mailbox and a list of items.</summary>
    public static Status? Parse(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadMailbox(out string name) && reader.ExpectSpace() && ReadItems(ref reader, out StatusItems items)
            ? new Status(name, items)
            : null;

    /// <summary>Tells the mailbox's state.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Status command, CancellationToken cancellationToken)
    {
        IMailboxStore mailboxes = session.Services.Store.Mailboxes;
        Folder? folder = await mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        return folder is { IsSelectable: true } && await TellAsync(session, folder, command.Items, cancellationToken)
            ? Completion.Ok("Status told")
            : Completion.No("[NONEXISTENT] There is no such mailbox");
    }

    /// <summary>Reads a list of items in parentheses.</summary>
    public static bool ReadItems(ref ImapReader reader, out StatusItems items)
    {
        items = StatusItems.None;
        if (!reader.Expect((byte)'('))
        {
            return false;
        }

        do
        {
            StatusItems item =
                reader.TryTakeWord("MESSAGES"u8) ? StatusItems.Messages
                : reader.TryTakeWord("RECENT"u8) ? StatusItems.Recent
                : reader.TryTakeWord("UIDNEXT"u8) ? StatusItems.UidNext
                : reader.TryTakeWord("UIDVALIDITY"u8) ? StatusItems.UidValidity
                : reader.TryTakeWord("UNSEEN"u8) ? StatusItems.Unseen
                : StatusItems.None;
            if (item == StatusItems.None)
            {
                return reader.Fail("a status item is expected");
            }

            items |= item;
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')');
    }

    /// <summary>Writes a STATUS response.</summary>
    /// <returns>False where the folder is gone.</returns>
    public static async ValueTask<bool> TellAsync(ImapSession session, Folder folder, StatusItems items, CancellationToken cancellationToken)
    {
        using IFolderHold? hold = await session.Services.Store.Mailboxes.HoldAsync(folder.Id, takeRecent: false, cancellationToken);
        if (hold is null)
        {
            return false;
        }

        FolderVersion version = hold.Version;
        var text = new StringBuilder();
        Add(text, items, StatusItems.Messages, "MESSAGES", version.Count);
        Add(text, items, StatusItems.Recent, "RECENT", version.Count - FirstRecent(version, hold));
        Add(text, items, StatusItems.UidNext, "UIDNEXT", version.UidNext);
        Add(text, items, StatusItems.UidValidity, "UIDVALIDITY", version.UidValidity);
        Add(text, items, StatusItems.Unseen, "UNSEEN", items.HasFlag(StatusItems.Unseen) ? CountUnseen(version) : 0);
        session.Writer.Write("* STATUS "u8);
        session.Writer.WriteMailbox(folder.Name);
        session.WriteLine(" (", text.ToString(), ")");
        return true;
    }

    private static void Add(StringBuilder text, StatusItems wanted, StatusItems item, string name, long value)
    {
        if (wanted.HasFlag(item))
        {
            text.Append(text.Length > 0 ? " " : "").Append(name).Append(' ').Append(value);
        }
    }

    private static int FirstRecent(FolderVersion version, IFolderHold hold)
    {
        int first = version.IndexOf(hold.FirstRecentUid);
        return first < 0 ? ~first : first;
    }

    private static int CountUnseen(FolderVersion version)
    {
        int unseen = 0;
        for (int i = 0; i < version.Count; i++)
        {
            unseen += version[i].Flags.Has(MessageFlags.Seen) ? 0 : 1;
        }

        return unseen;
    }
}
