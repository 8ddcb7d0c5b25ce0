using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>A name in an account's tree of mailboxes.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Folder">The mailbox; null for a subscribed name without one, or a level above such a name.</param>
/// <param name="IsSubscribed">Whether it is on the owner's list.</param>
/// <param name="HasChildren">Whether there are mailboxes below it.</param>
/// <param name="HasSubscribedBelow">Whether there are subscribed names below it.</param>
internal sealed record FolderNode(string Name, Folder? Folder, bool IsSubscribed, bool HasChildren, bool HasSubscribedBelow);

/// <summary>An account's mailboxes and subscriptions, for LIST and LSUB.</summary>
/// <param name="Nodes">INBOX first, then by name.</param>
internal sealed record FolderTree(IReadOnlyList<FolderNode> Nodes)
{
    /// <summary>Reads the tree.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="withSubscriptions">Whether subscribed names without a mailbox, and the levels above them, are wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<FolderTree> ReadAsync(ImapSession session, bool withSubscriptions, CancellationToken cancellationToken)
    {
        IMailboxStore mailboxes = session.Services.Store.Mailboxes;
        IReadOnlyList<Folder> folders = await mailboxes.ListFoldersAsync(session.Owner.Id, cancellationToken);
        IReadOnlyList<string> subscriptions = withSubscriptions ? await mailboxes.ListSubscriptionsAsync(session.Owner.Id, cancellationToken) : [];
        var subscribed = new HashSet<string>(subscriptions, StringComparer.Ordinal);
        HashSet<string> parents = LevelsAbove(folders.Select(folder => folder.Name));
        HashSet<string> aboveSubscribed = LevelsAbove(subscriptions);
        List<FolderNode> nodes = [];
        foreach (Folder folder in folders)
        {
            bool isSubscribed = folder.IsSubscribed || subscribed.Contains(folder.Name);
            nodes.Add(new FolderNode(folder.Name, folder, isSubscribed, parents.Contains(folder.Name), aboveSubscribed.Contains(folder.Name)));
        }

        var known = new HashSet<string>(folders.Select(folder => folder.Name), StringComparer.Ordinal);
        IEnumerable<string> others = subscriptions.Concat(aboveSubscribed).Distinct(StringComparer.Ordinal).Where(name => !known.Contains(name));
        foreach (string name in others.Order(StringComparer.Ordinal))
        {
            nodes.Add(new FolderNode(name, null, subscribed.Contains(name), HasChildren: false, aboveSubscribed.Contains(name)));
        }

        return new FolderTree(nodes);
    }

    private static HashSet<string> LevelsAbove(IEnumerable<string> names)
    {
        var levels = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            for (int end = name.LastIndexOf(Folder.Separator); end > 0 && levels.Add(name[..end]); end = name.LastIndexOf(Folder.Separator, end - 1))
            {
                // Each level above, until one that is known.
            }
        }

        return levels;
    }
}
