namespace PluginMail.Storage;

/// <summary>Folders and the messages in them. Every write completes when it is on disk, except that flags may lag a second behind in a crash.</summary>
public interface IMailboxStore
{
    /// <summary>Lists an account's folders by name, INBOX first. From a cache that changes clear.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its folders; subscribed names without a folder are not among them.</returns>
    ValueTask<IReadOnlyList<Folder>> ListFoldersAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Finds a folder by name. From a cache that changes clear.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">The full name; INBOX in any case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The folder; null where there is none.</returns>
    ValueTask<Folder?> FindFolderAsync(AccountId account, string name, CancellationToken cancellationToken);

    /// <summary>Makes a folder, and those above it that are missing.</summary>
    /// <param name="account">The account.</param>
    /// <param name="folder">Name and use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, AlreadyExists, InvalidName, TooMany.</returns>
    ValueTask<FolderChange> CreateFolderAsync(AccountId account, NewFolder folder, CancellationToken cancellationToken);

    /// <summary>Renames a folder with those below it. Of INBOX the messages move and INBOX stays, empty (RFC 3501 section 6.3.5).</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">The old name.</param>
    /// <param name="newName">The new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound, AlreadyExists, InvalidName, NotAllowed.</returns>
    ValueTask<FolderChange> RenameFolderAsync(AccountId account, string name, string newName, CancellationToken cancellationToken);

    /// <summary>Deletes a folder with its messages; one with folders below it stays as a name that cannot be selected.</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound, NotAllowed.</returns>
    ValueTask<FolderChange> DeleteFolderAsync(AccountId account, string name, CancellationToken cancellationToken);

    /// <summary>Puts a name on the owner's list, or takes it off. The name need not be a folder's (RFC 3501 section 6.3.6).</summary>
    /// <param name="account">The account.</param>
    /// <param name="name">The name.</param>
    /// <param name="isSubscribed">On or off.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, InvalidName, TooMany.</returns>
    ValueTask<FolderChange> SubscribeAsync(AccountId account, string name, bool isSubscribed, CancellationToken cancellationToken);

    /// <summary>The names on the owner's list, those without a folder included.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The names, sorted.</returns>
    ValueTask<IReadOnlyList<string>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Takes hold of a folder's newest version.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="takeRecent">Whether this session is told which messages are \Recent, so that later ones are not (SELECT, not EXAMINE or STATUS).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The hold, to be disposed; null where the folder is gone.</returns>
    ValueTask<IFolderHold?> HoldAsync(FolderId folder, bool takeRecent, CancellationToken cancellationToken);

    /// <summary>Reads copies.</summary>
    /// <param name="hold">What the session holds; what its version sees can be read, expunged or not.</param>
    /// <param name="uids">Rising; keep it to some hundreds a call.</param>
    /// <param name="withStructure">Whether the MIME structure is wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those of the version, in the order asked for.</returns>
    ValueTask<IReadOnlyList<StoredMessage>> ReadAsync(
        IFolderHold hold, IReadOnlyList<uint> uids, bool withStructure, CancellationToken cancellationToken);

    /// <summary>Changes flags.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="uids">Rising; those that are gone are passed over.</param>
    /// <param name="update">What to change.</param>
    /// <param name="unchangedSince">Only messages whose ModSeq is not above this (RFC 7162 section 3.1.3); null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new state of the messages that are there and were allowed to change, in the order asked for; null where a new keyword has no room.</returns>
    ValueTask<IReadOnlyList<MessageEntry>?> UpdateFlagsAsync(
        FolderId folder, IReadOnlyList<uint> uids, FlagUpdate update, ulong? unchangedSince, CancellationToken cancellationToken);

    /// <summary>Copies messages to another folder of the same account, with their flags and dates.</summary>
    /// <param name="source">The folder they are in.</param>
    /// <param name="uids">Rising; those that are gone are passed over.</param>
    /// <param name="target">The folder they go to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it ended.</returns>
    ValueTask<CopyOutcome> CopyAsync(FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken);

    /// <summary>Moves messages (RFC 6851): in one commit they appear there and vanish here.</summary>
    /// <param name="source">The folder they are in.</param>
    /// <param name="uids">Rising; those that are gone are passed over.</param>
    /// <param name="target">The folder they go to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it ended.</returns>
    ValueTask<CopyOutcome> MoveAsync(FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken);

    /// <summary>Removes messages for good.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="uids">Rising; only those that are flagged \Deleted when the writer comes to them, unless <paramref name="always"/>.</param>
    /// <param name="always">Removes them whatever their flags (POP3).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The UIDs removed, rising.</returns>
    ValueTask<IReadOnlyList<uint>> ExpungeAsync(FolderId folder, IReadOnlyList<uint> uids, bool always, CancellationToken cancellationToken);
}
