using PluginMail.Storage.Sqlite;

namespace PluginMail.Storage.Tests;

/// <summary>Changes of flags alone are not synced one by one, but they do not wait for long either.</summary>
public sealed class LagTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pluginmail-lag-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_lags_reaches_the_disk_with_the_next_full_commit_or_when_the_writer_rests()
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
        using var committer = new SqliteCommitter(database, transaction, disk, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        committer.Reserve();

        Run(committer, mayLag: true);
        Assert.True(committer.IsLagging);
        Run(committer, mayLag: false);
        Assert.False(committer.IsLagging);
        Run(committer, mayLag: true);
        long before = new FileInfo(layout.Database + "-wal").Length;
        committer.CatchUp();
        Assert.False(committer.IsLagging);
        Assert.True(new FileInfo(layout.Database + "-wal").Length > before, "Nothing was written, so nothing was synced");
    }

    private static void Run(SqliteCommitter committer, bool mayLag) =>
        committer.Run([new WriteRequest<WriteTransaction, long>(transaction => transaction.NextOf("version"), 0, mayLag, default)]);
}
