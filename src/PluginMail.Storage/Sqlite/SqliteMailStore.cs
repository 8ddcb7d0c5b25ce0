using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>The store on SQLite: mail.db and state.db, bodies in packs and files beside them.</summary>
public sealed class SqliteMailStore : IMailStore
{
    private readonly BatchPreparation _preparation;
    private readonly TimeProvider _time;
    private readonly PackSegments _segments;
    private readonly ReaderPool _readers;
    private readonly GroupWriter<WriteTransaction> _writer;
    private readonly SqliteStateStores _state;
    private readonly StoreMaintenance _maintenance;

    private SqliteMailStore(StoreOptions options, StoreLayout layout, DurableDisk disk, TimeProvider time, OpenedDatabase opened, ILogger logger)
    {
        _time = time;
        _preparation = new BatchPreparation(layout, disk, options);
        _segments = opened.Segments;
        _readers = opened.Readers;
        _state = opened.State;
        _writer = new GroupWriter<WriteTransaction>(
            "mail writer", opened.Committer, options.MaximumBatchRequests, options.MaximumBatchOctets, fault => StorageLog.WriterStopped(logger, fault));
        opened.Purge.Writer = _writer;
        opened.Live.GravesReleased = opened.Purge.Request;
        opened.Live.RecentTaken = RememberRecent;
        var bodies = new BodyStore(layout, disk, _segments, options);
        var folders = new AccountFolders(_readers);
        var scripts = new ScriptStore(_readers, _writer, options);
        Bodies = bodies;
        Scripts = scripts;
        Mailboxes = new MailboxStore(_readers, _writer, opened.Live, opened.Purge, folders, options);
        Directory = new DirectoryStore(_readers, _writer, opened.Purge, account =>
        {
            folders.Clear(account);
            scripts.Clear(account);
        });
        Annotations = new AnnotationStore(_readers, _writer, options);
        Jobs = new MailboxJobStore(_readers, _writer, opened.Purge, time);
        Queue = new QueueStore(_readers, _writer, _preparation, opened.Transaction.Arrivals, time);
        Maintenance = _maintenance = new StoreMaintenance(layout, disk, _segments, bodies, _readers, _writer, opened.Purge, _state, options, time, logger);
    }

    /// <inheritdoc/>
    public IDirectoryStore Directory { get; }

    /// <inheritdoc/>
    public IMailboxStore Mailboxes { get; }

    /// <inheritdoc/>
    public IBodyStore Bodies { get; }

    /// <inheritdoc/>
    public IScriptStore Scripts { get; }

    /// <inheritdoc/>
    public IAnnotationStore Annotations { get; }

    /// <inheritdoc/>
    public IMailboxJobStore Jobs { get; }

    /// <inheritdoc/>
    public IQueueStore Queue { get; }

    /// <inheritdoc/>
    public IStateStores State => _state;

    /// <inheritdoc/>
    public IStoreMaintenance Maintenance { get; }

    /// <summary>Opens a store, and makes it where there is none. What an interrupted server left half done is cleared away.</summary>
    /// <param name="options">Where and within which bounds. The caller sees to it that no other process has it open.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For <c>PluginMail.Storage</c>.</param>
    /// <param name="cancellationToken">Gives up before the store is opened.</param>
    /// <returns>The store; disposing it commits what waits.</returns>
    /// <exception cref="StoreUnavailableException">The folder cannot be used, or its schema is newer than this server.</exception>
    public static async ValueTask<SqliteMailStore> OpenAsync(
        StoreOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ILogger logger = loggers.CreateLogger("storage");
        return await Task.Run(
            () =>
            {
                try
                {
                    return Open(options, time, logger);
                }
                catch (SqliteFault fault)
                {
                    throw fault.Translate();
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
                {
                    throw DurableDisk.Translate(fault);
                }
            },
            cancellationToken);
    }

    /// <summary>Puts a backup back. The server must not run.</summary>
    /// <param name="backupFolder">What <see cref="IStoreMaintenance.BackupAsync"/> wrote.</param>
    /// <param name="dataFolder">A folder that does not exist or is empty.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For <c>PluginMail.Storage</c>.</param>
    /// <param name="cancellationToken">Gives up; what was written is removed.</param>
    /// <returns>What the check of the restored store found.</returns>
    /// <exception cref="StoreUnavailableException">The backup is none, or the folder is not empty or cannot be written.</exception>
    public static ValueTask<StoreCheckReport> RestoreAsync(
        string backupFolder, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        StoreRestore.RunAsync(backupFolder, dataFolder, time, loggers, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(StoreBatch batch, CancellationToken cancellationToken)
    {
        using BatchCommit commit = await _preparation.PrepareAsync(batch, cancellationToken);
        return await _writer.WriteAsync(transaction => commit.Execute(transaction, _time.GetUtcNow()), cancellationToken, commit.Octets);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _state.DisposeAsync();
        _maintenance.Dispose();
        _preparation.Dispose();
        _readers.Dispose();
        _segments.Dispose();
    }

    /// <summary>The writer, for tests that let its database fail.</summary>
    internal GroupWriter<WriteTransaction> Writer => _writer;

    private static SqliteMailStore Open(StoreOptions options, TimeProvider time, ILogger logger)
    {
        DurableDisk disk = options.Disk(options.ExtraSyncDelay);
        var layout = new StoreLayout(Path.GetFullPath(options.Folder));
        layout.Create(disk);
        int removed = layout.ClearSpool();
        OpenedDatabase opened = OpenedDatabase.Open(layout, disk, options, time, logger);
        StorageLog.Opened(logger, layout.Root, Schema.Current, removed);
        var store = new SqliteMailStore(options, layout, disk, time, opened, logger);
        opened.Graves.ForEach(opened.Purge.Request);
        return store;
    }

    private void RememberRecent(FolderId folder, uint firstRecentUid) =>
        _ = _writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Prepare("UPDATE folders SET first_recent_uid = max(first_recent_uid, ?2) WHERE id = ?1")
                    .With(folder.Value).With(firstRecentUid).Run();
                return true;
            },
            CancellationToken.None,
            mayLag: true);
}
