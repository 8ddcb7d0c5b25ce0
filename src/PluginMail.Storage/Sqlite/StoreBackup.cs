using System.Text;

namespace PluginMail.Storage.Sqlite;

/// <summary>Writes a copy of the store: first the databases as they are at one moment, then the bodies that this copy names.</summary>
internal sealed class StoreBackup(
    StoreLayout layout, PackSegments segments, ReaderPool readers, SqliteStateStores state, DurableDisk disk, IProgress<long>? progress)
{
    private readonly BackupFiles _files = new(disk, progress);

    public async Task<long> RunAsync(string folder, CancellationToken cancellationToken)
    {
        BackupFiles.Prepare(folder);
        try
        {
            var target = new StoreLayout(Path.GetFullPath(folder));
            PrivateFiles.CreateFolder(target.LargeBodies);
            await CopyDatabaseAsync(readers.CopyAsync, target.Database, cancellationToken);
            await CopyDatabaseAsync(state.BackupAsync, target.StateDatabase, cancellationToken);
            CopyBodies(target, cancellationToken);
            _files.SyncFolders(target.Root);
            await WriteMarkAsync(target.Root, cancellationToken);
            _files.SyncFolders(target.Root);
            return _files.Copied;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static async Task WriteMarkAsync(string root, CancellationToken cancellationToken)
    {
        await using FileStream mark = PrivateFiles.Create(Path.Combine(root, BackupFiles.CompleteMark));
        await mark.WriteAsync(Encoding.ASCII.GetBytes($"schema {Schema.Current}\n"), cancellationToken);
    }

    private async Task CopyDatabaseAsync(Func<string, CancellationToken, ValueTask<bool>> copy, string path, CancellationToken cancellationToken)
    {
        await PrivateFiles.Create(path).DisposeAsync(); // SQLite fills the empty file, and keeps its mode
        await copy(path, cancellationToken);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        disk.Sync(file);
        _files.Report(RandomAccess.GetLength(file));
    }

    private void CopyBodies(StoreLayout target, CancellationToken cancellationToken)
    {
        using Database copy = Database.Open(target.Database);
        foreach (int segment in layout.Segments().ToList())
        {
            List<(long Offset, long Length)> ranges = BodyRanges.Of(copy, segment);
            if (ranges.Count > 0)
            {
                _files.CopyRanges(segments.Get(segment), target.Segment(segment), ranges, cancellationToken);
            }
        }

        using Statement rows = copy.Prepare("SELECT key FROM bodies WHERE key < 0");
        while (rows.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long number = BodyLocation.FileNumber(new BodyKey(rows.Long(0)));
            _files.LinkOrCopy(layout.LargeBody(number), target.LargeBody(number), cancellationToken);
        }
    }
}
