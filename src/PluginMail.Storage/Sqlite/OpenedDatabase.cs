using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>What opening a store's files gives.</summary>
internal sealed record OpenedDatabase(
    SqliteCommitter Committer,
    WriteTransaction Transaction,
    PackSegments Segments,
    ReaderPool Readers,
    LiveFolders Live,
    GravePurge Purge,
    SqliteStateStores State,
    List<FolderId> Graves)
{
    public static OpenedDatabase Open(StoreLayout layout, DurableDisk disk, StoreOptions options, TimeProvider time, ILogger logger)
    {
        Database database = Database.Open(layout.Database);
        var segments = new PackSegments(layout);
        try
        {
            database.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;"
                + "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864");
            int version = Schema.Upgrade(database);
            if (version is > 0 && version < Schema.Current)
            {
                StorageLog.Upgraded(logger, version, Schema.Current);
            }

            disk.SyncFolder(layout.Root);
            var readers = new ReaderPool(layout.Database, options.Readers);
            var live = new LiveFolders(
                (folder, token) => readers.ReadAsync(reader => MessageReads.LoadFolder(reader, folder), token), options.CachedFolderEntries);
            var bodies = new BodyAppender(layout, disk, segments, options.SegmentSize);
            OpenBodies(database, layout, bodies, segments, logger);
            var transaction = new WriteTransaction(database, bodies, live);
            transaction.Load();
            var committer = new SqliteCommitter(database, transaction, disk, logger);
            committer.Reserve();
            List<FolderId> graves = GravePurge.List(database);
            SqliteStateStores state = SqliteStateStores.Open(layout.StateDatabase, options, time, logger);
            return new OpenedDatabase(committer, transaction, segments, readers, live, new GravePurge(live, logger), state, graves);
        }
        catch
        {
            segments.Dispose();
            database.Dispose();
            throw;
        }
    }

    /// <summary>Finds the end of the last segment as far as rows name it, and cuts off what an interrupted write left behind it.</summary>
    private static void OpenBodies(Database database, StoreLayout layout, BodyAppender bodies, PackSegments segments, ILogger logger)
    {
        int segment = Math.Max(1, layout.Segments().LastOrDefault());
        long end = 0;
        using (Statement row = database.Prepare(
            "SELECT key, length, coalesce(length(structure), 0) FROM bodies WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1")
            .With(BodyLocation.Packed(segment, 0).Value).With(BodyLocation.Packed(segment + 1, 0).Value - 1))
        {
            if (row.Step())
            {
                end = BodyLocation.Offset(new BodyKey(row.Long(0))) + BodyRecord.PackedLengthOf(row.Long(1), row.Int(2));
            }
        }

        long length = File.Exists(layout.Segment(segment)) ? RandomAccess.GetLength(segments.Get(segment)) : 0;
        if (length > end)
        {
            StorageLog.TornTail(logger, segment, length - end);
            RandomAccess.SetLength(segments.Get(segment), end);
        }
        else if (length < end)
        {
            StorageLog.ShortSegment(logger, segment, length, end);
        }

        bodies.Open(segment, end);
    }
}
