namespace PluginMail.Imap;

/// <summary>LSUB (RFC 3501 section 6.3.9).</summary>
/// <param name="Pattern">Reference and pattern together.</param>
internal sealed record Lsub(ListPattern Pattern) : ImapCommand
{
    /// <summary>Takes a reference and a pattern.</summary>
    public static Lsub? Parse(ref ImapReader reader)
    {
        if (!reader.ExpectSpace() || !reader.ReadMailbox(out string reference) || !reader.ExpectSpace()
            || !reader.ReadListPattern(out ReadOnlySpan<byte> octets))
        {
            return null;
        }

        if (MailboxName.TryDecode(octets, out string text) && reference.Length + text.Length <= Storage.Folder.MaximumNameLength)
        {
            return new Lsub(new ListPattern(reference + text));
        }

        reader.Fail("the mailbox pattern is too long or not modified UTF-7");
        return null;
    }

    /// <summary>Lists subscribed names; with <c>%</c> also the levels above them, as \Noselect.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Lsub command, CancellationToken cancellationToken)
    {
        bool withLevels = command.Pattern.Text.EndsWith('%');
        FolderTree tree = await FolderTree.ReadAsync(session, withSubscriptions: true, cancellationToken);
        foreach (FolderNode node in tree.Nodes)
        {
            bool isListed = node.IsSubscribed || (withLevels && node.HasSubscribedBelow);
            if (isListed && command.Pattern.Matches(node.Name))
            {
                bool isSelectable = node.IsSubscribed && node.Folder is not { IsSelectable: false };
                session.Writer.Write(isSelectable ? "* LSUB () \"/\" "u8 : "* LSUB (\\Noselect) \"/\" "u8);
                session.Writer.WriteMailbox(node.Name);
                session.WriteLine();
                await session.Writer.FlushIfFullAsync(cancellationToken);
            }
        }

        return Completion.Ok("Subscriptions listed");
    }
}
