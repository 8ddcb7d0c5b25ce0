namespace PluginMail.Storage.Sqlite;

/// <summary>A batch with its bodies prepared, ready for the writer.</summary>
internal sealed class BatchCommit : IDisposable
{
    private readonly StoreBatch _batch;
    private readonly PreparedBody[] _bodies;
    private readonly int[] _bodyOfCopy;
    private readonly int[] _bodyOfEntry;

    private BatchCommit(StoreBatch batch, PreparedBody[] bodies, int[] bodyOfCopy, int[] bodyOfEntry) =>
        (_batch, _bodies, _bodyOfCopy, _bodyOfEntry) = (batch, bodies, bodyOfCopy, bodyOfEntry);

    /// <summary>About how much the writer will write.</summary>
    public long Octets => 1024 + _bodies.Sum(static body => body.File is null ? body.Length : 0);

    /// <summary>Prepares a batch on the caller's thread: checksums, and the sync of large bodies.</summary>
    /// <exception cref="StoreUnavailableException">A large body cannot be written.</exception>
    public static BatchCommit Prepare(StoreBatch batch, Func<NewBody, PreparedBody> prepare)
    {
        List<PreparedBody> bodies = new(1);
        try
        {
            int[] ofCopy = Map(batch.Copies.Select(static copy => copy.Body), batch.Copies.Count, bodies, prepare);
            int[] ofEntry = Map(batch.QueueEntries.Select(static entry => entry.Body), batch.QueueEntries.Count, bodies, prepare);
            _ = batch.RestBody is { } rest ? Map([rest], 1, bodies, prepare) : null;
            return new BatchCommit(batch, [.. bodies], ofCopy, ofEntry);
        }
        catch (Exception fault)
        {
            bodies.ForEach(static body => body.Dispose());
            throw fault is IOException ? DurableDisk.Translate(fault) : fault;
        }
    }

    /// <summary>Writes the rows; on the writer's thread.</summary>
    public CommitResult Execute(WriteTransaction transaction, DateTimeOffset now)
    {
        if (_batch.IdempotencyKey is { } key && !TryRemember(transaction.Database, key, now))
        {
            return new CommitResult(IsDuplicate: true, [.. _batch.Copies.Select(static _ => new CopyResult(CopyResultStatus.Skipped, 0, 0))]);
        }

        var results = new CopyResult[_batch.Copies.Count];
        bool isUsed = AddCopies(transaction, results, onlyWithOthers: false);
        for (int i = 0; i < _bodyOfEntry.Length; i++)
        {
            if (_batch.QueueEntries[i].OnlyIf?.Invoke(results) != false)
            {
                Enqueue(transaction, _batch.QueueEntries[i], _bodies[_bodyOfEntry[i]], now);
                isUsed = true;
            }
        }

        if (_batch.Rest?.Invoke(results) is { } rest)
        {
            Enqueue(transaction, rest, Array.Find(_bodies, body => ReferenceEquals(body.Body, rest.Body)) ?? throw ForeignBody(), now);
            isUsed = true;
        }

        if (isUsed)
        {
            AddCopies(transaction, results, onlyWithOthers: true);
        }
        else if (_batch.IdempotencyKey is { } unused && results.Length > 0)
        {
            Forget(transaction.Database, unused); // nothing was done: another try is no duplicate
        }

        foreach (PreparedBody body in _bodies)
        {
            if (body.References > 0)
            {
                transaction.Database.Prepare("INSERT INTO bodies (key, length, refs, structure) VALUES (?1, ?2, ?3, ?4)")
                    .With(body.Key.Value).With(body.Length).With(body.References).With(body.Structure).Run();
                body.References = 0;
            }
        }

        return new CommitResult(IsDuplicate: false, results);
    }

    public void Dispose()
    {
        foreach (PreparedBody body in _bodies)
        {
            body.Dispose();
        }
    }

    private static InvalidOperationException ForeignBody() => new("The rest's body is none of the batch's.");

    // Those whose turn it is not are skipped, unless they have a result.
    private bool AddCopies(WriteTransaction transaction, CopyResult[] results, bool onlyWithOthers)
    {
        bool isAnyStored = false;
        for (int i = 0; i < results.Length; i++)
        {
            if (_batch.Copies[i].OnlyWithOthers == onlyWithOthers)
            {
                results[i] = Add(transaction, _batch.Copies[i], _bodies[_bodyOfCopy[i]]);
                isAnyStored |= results[i].Status == CopyResultStatus.Stored;
            }
            else if (!onlyWithOthers)
            {
                results[i] = new CopyResult(CopyResultStatus.Skipped, 0, 0);
            }
        }

        return isAnyStored;
    }

    private static FolderState? Usable(WriteTransaction transaction, FolderId? id) =>
        id is { } folder && transaction.SelectableFolder(folder) is { UidNext: < uint.MaxValue } usable ? usable : null;

    private static CopyResult Add(WriteTransaction transaction, NewCopy copy, PreparedBody body)
    {
        FolderState? first = Usable(transaction, copy.Folder);
        if ((first ?? Usable(transaction, copy.Otherwise)) is not { } folder)
        {
            return new CopyResult(CopyResultStatus.NoFolder, 0, 0);
        }

        long size = copy.Prefix.Length + body.Length;
        if (copy.EnforcesQuota && transaction.Account(folder.Account).WouldExceed(size))
        {
            return new CopyResult(CopyResultStatus.OverQuota, 0, folder.UidValidity);
        }

        Place(transaction, body);
        (ulong modSeq, FolderChanges changes) = transaction.Touch(folder);
        MessageFlags flags = copy.Flags | folder.FlagsOf(copy.Keywords, create: true, out _);
        uint uid = folder.UidNext++;
        MessageRows.Insert(
            transaction.Database,
            new MessageRow(folder.RowOf(uid), modSeq, flags, MessageRows.Milliseconds(copy.InternalDate), MessageRows.Zone(copy.InternalDate), size, body.Key.Value),
            copy.Prefix.Span);
        changes.Added.Add(new MessageEntry(uid, modSeq, flags));
        transaction.Count(folder, size, 1);
        return new CopyResult(CopyResultStatus.Stored, uid, folder.UidValidity, IsOtherwise: first is null);
    }

    private static void Enqueue(WriteTransaction transaction, NewQueueEntry entry, PreparedBody body, DateTimeOffset now)
    {
        Place(transaction, body);
        QueueRows.Insert(transaction, entry, body.Key, body.Length, now);
    }

    private static void Place(WriteTransaction transaction, PreparedBody body)
    {
        transaction.Bodies.Place(body, transaction.NextLargeBody);
        body.References++;
    }

    private static bool TryRemember(Database database, string key, DateTimeOffset now)
    {
        database.Prepare("INSERT INTO idempotency VALUES (?1, ?2) ON CONFLICT DO NOTHING").With(key).With(now.ToUnixTimeMilliseconds()).Run();
        return database.Changes > 0;
    }

    private static void Forget(Database database, string key) =>
        database.Prepare("DELETE FROM idempotency WHERE key = ?1").With(key).Run();

    private static int[] Map(IEnumerable<NewBody> named, int count, List<PreparedBody> bodies, Func<NewBody, PreparedBody> prepare)
    {
        var indexes = new int[count];
        int at = 0;
        foreach (NewBody body in named)
        {
            int index = bodies.FindLastIndex(prepared => ReferenceEquals(prepared.Body, body));
            if (index < 0)
            {
                index = bodies.Count;
                bodies.Add(prepare(body));
            }

            indexes[at++] = index;
        }

        return indexes;
    }
}
