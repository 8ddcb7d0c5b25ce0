
namespace PluginMail.Storage.Sqlite;

/// <summary>Folders and messages: reads from versions and readers, writes through the one writer.</summary>
internal sealed class MailboxStore(
    ReaderPool readers, GroupWriter<WriteTransaction> writer, LiveFolders live, GravePurge purge, AccountFolders folders, StoreOptions options)
    : IMailboxStore
{
    private const int FlagsAtATime = 1000;

    public async ValueTask<IReadOnlyList<Folder>> ListFoldersAsync(AccountId account, CancellationToken cancellationToken) =>
        (await folders.GetAsync(account, cancellationToken)).All;

    public async ValueTask<Folder?> FindFolderAsync(AccountId account, string name, CancellationToken cancellationToken) =>
        FolderName.TryNormalize(name) is { } normal
            ? (await folders.GetAsync(account, cancellationToken)).ByName.GetValueOrDefault(normal)
            : null;

    public async ValueTask<FolderChange> CreateFolderAsync(AccountId account, NewFolder folder, CancellationToken cancellationToken) =>
        FolderName.TryNormalize(folder.Name) is { } name
            ? await ChangeAsync(account, t => FolderTree.Create(t, account, name, folder.SpecialUse, options.MaximumFolders), cancellationToken)
            : FolderChange.InvalidName;

    public async ValueTask<FolderChange> RenameFolderAsync(AccountId account, string name, string newName, CancellationToken cancellationToken)
    {
        if (FolderName.TryNormalize(name) is not { } from)
        {
            return FolderChange.NotFound;
        }

        if (FolderName.TryNormalize(newName) is not { } to)
        {
            return FolderChange.InvalidName;
        }

        FolderId? inbox = from == Folder.Inbox ? (await FindFolderAsync(account, from, cancellationToken))?.Id : null;
        FolderChange change = await ChangeAsync(
            account, t => FolderTree.Rename(t, account, from, to, options.MaximumFolders), cancellationToken);
        if (inbox is { } emptied)
        {
            purge.Request(emptied);
        }

        return change;
    }

    public async ValueTask<FolderChange> DeleteFolderAsync(AccountId account, string name, CancellationToken cancellationToken)
    {
        if (FolderName.TryNormalize(name) is not { } normal)
        {
            return FolderChange.NotFound;
        }

        Folder? folder = await FindFolderAsync(account, normal, cancellationToken);
        FolderChange change = await ChangeAsync(account, t => FolderTree.Delete(t, account, normal), cancellationToken);
        if (change == FolderChange.Done && folder is not null)
        {
            purge.Request(folder.Id);
        }

        return change;
    }

    public async ValueTask<FolderChange> SubscribeAsync(AccountId account, string name, bool isSubscribed, CancellationToken cancellationToken) =>
        FolderName.TryNormalize(name) is { } normal
            ? await ChangeAsync(
                account, t => FolderTree.Subscribe(t.Database, account, normal, isSubscribed, options.MaximumFolders), cancellationToken)
            : FolderChange.InvalidName;

    public ValueTask<IReadOnlyList<string>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<string>>(
            database =>
            {
                var names = new List<string>();
                using Statement rows = database.Prepare("SELECT name FROM subscriptions WHERE account = ?").With(account.Value);
                while (rows.Step())
                {
                    names.Add(rows.Text(0));
                }

                names.Sort(FolderName.Compare);
                return names;
            },
            cancellationToken);

    public async ValueTask<IFolderHold?> HoldAsync(FolderId folder, bool takeRecent, CancellationToken cancellationToken) =>
        await live.HoldAsync(folder, takeRecent, cancellationToken);

    public ValueTask<IReadOnlyList<StoredMessage>> ReadAsync(
        IFolderHold hold, IReadOnlyList<uint> uids, bool withStructure, CancellationToken cancellationToken)
    {
        FolderVersion version = hold.Version;
        return readers.ReadAsync<IReadOnlyList<StoredMessage>>(
            database => MessageReads.Read(database, version, uids, withStructure), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<MessageEntry>?> UpdateFlagsAsync(
        FolderId folder, IReadOnlyList<uint> uids, FlagUpdate update, ulong? unchangedSince, CancellationToken cancellationToken)
    {
        var entries = new List<MessageEntry>(uids.Count);
        foreach (uint[] some in uids.Chunk(FlagsAtATime))
        {
            IReadOnlyList<MessageEntry>? changed = await writer.WriteAsync(
                t => MessageChanges.UpdateFlags(t, folder, some, update, unchangedSince), cancellationToken, mayLag: true);
            if (changed is null)
            {
                return null;
            }

            entries.AddRange(changed);
        }

        return entries;
    }

    public async ValueTask<CopyOutcome> CopyAsync(
        FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken)
    {
        uint[] all = [.. uids];
        return await writer.WriteAsync(t => MessageChanges.Copy(t, source, all, target), cancellationToken, all.Length * 256L);
    }

    public async ValueTask<CopyOutcome> MoveAsync(
        FolderId source, IReadOnlyList<uint> uids, FolderId target, CancellationToken cancellationToken)
    {
        uint[] all = [.. uids];
        CopyOutcome outcome = await writer.WriteAsync(t => MessageChanges.Move(t, source, all, target), cancellationToken, all.Length * 256L);
        purge.Request(source);
        return outcome;
    }

    public async ValueTask<IReadOnlyList<uint>> ExpungeAsync(
        FolderId folder, IReadOnlyList<uint> uids, bool always, CancellationToken cancellationToken)
    {
        var expunged = new List<uint>();
        foreach (uint[] some in uids.Chunk(FlagsAtATime))
        {
            expunged.AddRange(await writer.WriteAsync(t => MessageChanges.Expunge(t, folder, some, always), cancellationToken));
        }

        if (expunged.Count > 0)
        {
            purge.Request(folder);
        }

        return expunged;
    }

    private async ValueTask<FolderChange> ChangeAsync(
        AccountId account, Func<WriteTransaction, FolderChange> change, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            transaction =>
            {
                FolderChange result = change(transaction);
                transaction.OnCommitted(() => folders.Clear(account));
                return result;
            },
            cancellationToken);
}
