using Microsoft.Extensions.Logging;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Storage.Tests;

/// <summary>What is on disk stays done, whatever goes wrong when the memory follows.</summary>
public sealed class PublishTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pluginmail-publish-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_fault_behind_the_commit_neither_repeats_nor_fails_the_batch()
    {
        var layout = new StoreLayout(_root);
        var disk = new DurableDisk(TimeSpan.Zero);
        layout.Create(disk);
        Database database = Database.Open(layout.Database);
        database.Execute("PRAGMA journal_mode = WAL");
        Schema.Upgrade(database);
        using var segments = new PackSegments(layout);
        var bodies = new BodyAppender(layout, disk, segments, 1 << 20);
        bodies.Open(1, 0);
        var live = new LiveFolders((_, _) => ValueTask.FromResult<LoadedFolder?>(null), 100);
        var transaction = new WriteTransaction(database, bodies, live);
        transaction.Load();
        var log = new Levels();
        using var committer = new SqliteCommitter(database, transaction, disk, log);
        committer.Reserve();
        int followed = 0;

        WriteRequest<WriteTransaction, long> first = Counting(() => throw new InvalidOperationException("a cache is broken"));
        WriteRequest<WriteTransaction, long> second = Counting(() => followed++);
        committer.Run([first, second]);

        Assert.Equal(await first.Completion + 1, await second.Completion);
        Assert.Equal(1, followed);
        Assert.Equal([LogLevel.Critical], log.Seen);
        WriteRequest<WriteTransaction, long> third = Counting(static () => { });
        committer.Run([third]);
        Assert.Equal(await second.Completion + 1, await third.Completion);
    }

    private static WriteRequest<WriteTransaction, long> Counting(Action committed) => new(
        transaction =>
        {
            transaction.OnCommitted(committed);
            return transaction.NextOf("version");
        },
        0,
        mayLag: false,
        default);

    private sealed class Levels : ILogger
    {
        public List<LogLevel> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Add(logLevel);
    }
}
