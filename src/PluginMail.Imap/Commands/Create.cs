using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>CREATE (RFC 3501 section 6.3.3), with a special use (RFC 6154 section 3).</summary>
/// <param name="Name">The mailbox.</param>
/// <param name="Use">What it is for; null where the use is unknown or not one alone.</param>
internal sealed record Create(string Name, SpecialUse? Use) : ImapCommand
{
    /// <summary>Takes a mailbox and perhaps <c>(USE (\Sent))</c>.</summary>
    public static Create? Parse(ref ImapReader reader)
    {
        if (!reader.ExpectSpace() || !reader.ReadMailbox(out string name))
        {
            return null;
        }

        SpecialUse? use = SpecialUse.None;
        if (reader.TryTake((byte)' ') && !ReadUse(ref reader, out use))
        {
            return null;
        }

        return new Create(name.EndsWith(Folder.Separator) ? name[..^1] : name, use);
    }

    /// <summary>Makes the mailbox and those above it that are missing.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Create command, CancellationToken cancellationToken)
    {
        if (command.Use is not { } use || use is SpecialUse.All or SpecialUse.Flagged)
        {
            return Completion.No("[USEATTR] A mailbox cannot be made for that use");
        }

        FolderChange change = await session.Services.Store.Mailboxes.CreateFolderAsync(
            session.Owner.Id, new NewFolder(command.Name, use), cancellationToken);
        return FolderReply.Of(change, "Created");
    }

    private static bool ReadUse(ref ImapReader reader, out SpecialUse? use)
    {
        use = null;
        if (!reader.Expect((byte)'(') || !reader.TryTakeWord("USE"u8) || !reader.ExpectSpace() || !reader.Expect((byte)'('))
        {
            return reader.Fail("(USE (…)) is expected");
        }

        int count = 0;
        do
        {
            if (!reader.Expect((byte)'\\') || !reader.ReadAtom(out ReadOnlySpan<byte> attribute))
            {
                return false;
            }

            use = ++count == 1 ? SpecialUseNames.TryParse(attribute) : null;
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')') && reader.Expect((byte)')');
    }
}
