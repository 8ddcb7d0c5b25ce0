namespace PluginMail.Storage.Sqlite;

/// <summary>What requests of one batch share: the connection, the rows of folders and accounts in memory, bodies, and what follows the commit.</summary>
/// <remarks>Used by the writer's thread alone. After a rollback all that was kept in memory is forgotten.</remarks>
internal sealed class WriteTransaction(Database database, BodyAppender bodies, LiveFolders folders)
{
    private const int CacheLimit = 8_000;

    private readonly Dictionary<FolderId, FolderState> _folders = [];
    private readonly Dictionary<AccountId, AccountState> _accounts = [];
    private readonly List<FolderState> _touchedFolders = [];
    private readonly List<AccountState> _touchedAccounts = [];
    private readonly List<Action> _committed = [];

    public Database Database => database;

    public BodyAppender Bodies => bodies;

    public LiveFolders Live => folders;

    public QueueArrivals Arrivals { get; } = new();

    public Sequence ModSeqs { get; } = new("mod_seq", 1_000_000);

    public Sequence QueueIds { get; } = new("queue", 200_000);

    public Sequence LargeBodies { get; } = new("large_body", 20_000);

    /// <summary>The last modification sequence that versions in memory know of; what this batch does is behind it.</summary>
    public ulong PublishedModSeq { get; private set; }

    public long NextLargeBody() => LargeBodies.Next();

    /// <summary>A folder; null where it is gone.</summary>
    public FolderState? Folder(FolderId id)
    {
        if (_folders.TryGetValue(id, out FolderState? known))
        {
            return known;
        }

        using Statement row = database.Prepare(
            "SELECT account, uid_validity, is_selectable, keywords, uid_next, mod_seq, octets, messages FROM folders WHERE id = ? AND account IS NOT NULL")
            .With(id.Value);
        if (!row.Step())
        {
            return null;
        }

        var folder = new FolderState
        {
            Id = id,
            Account = new AccountId(row.Long(0)),
            UidValidity = (uint)row.Long(1),
            IsSelectable = row.Long(2) != 0,
            Keywords = [.. row.Text(3).Split('\n', StringSplitOptions.RemoveEmptyEntries)],
            UidNext = (uint)row.Long(4),
            HighestModSeq = (ulong)row.Long(5),
            Octets = row.Long(6),
            Messages = row.Long(7),
        };
        _folders.Add(id, folder);
        return folder;
    }

    /// <summary>A folder that can hold messages; null where there is none.</summary>
    public FolderState? SelectableFolder(FolderId id) => Folder(id) is { IsSelectable: true } folder ? folder : null;

    /// <summary>An account that exists.</summary>
    public AccountState Account(AccountId id)
    {
        if (_accounts.TryGetValue(id, out AccountState? known))
        {
            return known;
        }

        using Statement row = database.Prepare("SELECT quota, octets, messages FROM accounts WHERE id = ?").With(id.Value);
        var account = row.Step()
            ? new AccountState { Id = id, QuotaOctets = row.Long(0), Octets = row.Long(1), Messages = row.Long(2) }
            : throw new InvalidDataException($"Folder of account {id.Value}, which does not exist");
        _accounts.Add(id, account);
        return account;
    }

    /// <summary>Begins a change of a folder's messages: its next modification sequence, and where the change is noted.</summary>
    public (ulong ModSeq, FolderChanges Changes) Touch(FolderState folder)
    {
        if (folder.Changes is null)
        {
            folder.Changes = new FolderChanges();
            _touchedFolders.Add(folder);
        }

        folder.HighestModSeq = (ulong)ModSeqs.Next();
        return (folder.HighestModSeq, folder.Changes);
    }

    /// <summary>Whether this batch changed a folder: those who take hold of it now see it as it was before.</summary>
    public bool IsTouched(FolderId id) => _touchedFolders.Exists(folder => folder.Id == id);

    /// <summary>Counts messages into a folder and its account, or out of it.</summary>
    public void Count(FolderState folder, long octets, long messages)
    {
        folder.Octets += octets;
        folder.Messages += messages;
        AccountState account = Account(folder.Account);
        account.Octets += octets;
        account.Messages += messages;
        if (!account.IsTouched)
        {
            account.IsTouched = true;
            _touchedAccounts.Add(account);
        }
    }

    public void AddReferences(long body, int count) =>
        database.Prepare("UPDATE bodies SET refs = refs + ?2 WHERE key = ?1").With(body).With(count).Run();

    /// <summary>A number from a counter that is written each time.</summary>
    public long NextOf(string counter) =>
        database.Prepare("UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value").With(counter).Scalar()!.Value;

    /// <summary>Has something done once the batch is on disk, before its callers go on: caches are cleared so.</summary>
    public void OnCommitted(Action action) => _committed.Add(action);

    /// <summary>A folder was deleted by SQL: it is forgotten here, and those who hold it are told.</summary>
    public void FolderDeleted(FolderState folder)
    {
        (_, FolderChanges changes) = Touch(folder);
        changes.IsDeleted = true;
        _folders.Remove(folder.Id);
    }

    /// <summary>A row was changed by SQL: it is read again. What the batch did before is written first.</summary>
    public void Forget(FolderState folder)
    {
        WriteFolder(folder);
        _folders.Remove(folder.Id);
    }

    public void Forget(AccountId account)
    {
        if (_accounts.Remove(account, out AccountState? state) && state.IsTouched)
        {
            WriteAccount(state);
            _touchedAccounts.Remove(state);
        }
    }

    /// <summary>Writes the rows of what was touched.</summary>
    public void Flush()
    {
        foreach (FolderState folder in _touchedFolders)
        {
            WriteFolder(folder);
        }

        foreach (AccountState account in _touchedAccounts)
        {
            WriteAccount(account);
        }
    }

    /// <summary>The batch is on disk: publishes it. Each folder and each action for itself; a folder that cannot follow leaves the memory.</summary>
    /// <returns>What went wrong; as good as always nothing.</returns>
    public IReadOnlyList<Exception> Committed()
    {
        List<Exception>? faults = null;
        foreach (FolderState folder in _touchedFolders)
        {
            try
            {
                Publish(folder);
            }
            catch (Exception fault)
            {
                folders.Drop(folder.Id);
                (faults ??= []).Add(fault);
            }
        }

        PublishedModSeq = (ulong)ModSeqs.Last;
        foreach (AccountState account in _touchedAccounts)
        {
            account.IsTouched = false;
        }

        _touchedFolders.Clear();
        _touchedAccounts.Clear();
        foreach (Action action in _committed)
        {
            try
            {
                action();
            }
            catch (Exception fault)
            {
                (faults ??= []).Add(fault);
            }
        }

        _committed.Clear();
        if (faults is not null || _folders.Count > CacheLimit || _accounts.Count > CacheLimit)
        {
            _folders.Clear();
            _accounts.Clear();
        }

        return faults ?? [];
    }

    /// <summary>Reads the sequences; nobody holds anything yet.</summary>
    public void Load()
    {
        ModSeqs.Load(database);
        QueueIds.Load(database);
        LargeBodies.Load(database);
        PublishedModSeq = (ulong)ModSeqs.Last;
    }

    /// <summary>The batch was rolled back.</summary>
    public void RolledBack()
    {
        _folders.Clear();
        _accounts.Clear();
        _touchedFolders.Clear();
        _touchedAccounts.Clear();
        _committed.Clear();
    }

    private void Publish(FolderState folder)
    {
        FolderChanges changes = folder.Changes!;
        folder.Changes = null;
        changes.UidNext = folder.UidNext;
        changes.HighestModSeq = folder.HighestModSeq;
        changes.Keywords = changes.Keywords is null ? null : [.. changes.Keywords];
        folders.Publish(folder.Id, changes);
    }

    private void WriteFolder(FolderState folder) =>
        database.Prepare("UPDATE folders SET uid_next = ?2, mod_seq = ?3, octets = ?4, messages = ?5, keywords = ?6 WHERE id = ?1 AND account IS NOT NULL")
            .With(folder.Id.Value).With(folder.UidNext).With((long)folder.HighestModSeq).With(folder.Octets).With(folder.Messages)
            .With(string.Join('\n', folder.Keywords)).Run();

    private void WriteAccount(AccountState account) =>
        database.Prepare("UPDATE accounts SET octets = ?2, messages = ?3 WHERE id = ?1")
            .With(account.Id.Value).With(account.Octets).With(account.Messages).Run();
}
