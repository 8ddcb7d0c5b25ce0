namespace PluginMail.Storage.Sqlite;

/// <summary>Gives the room of bodies that no row names back: rows first, then files and holes, so that a crash between leaves only room unused.</summary>
internal sealed class Reclaiming(
    StoreLayout layout, DurableDisk disk, PackSegments segments, BodyStore bodies, ReaderPool readers, GroupWriter<WriteTransaction> writer)
{
    private const int StepSize = 500;

    // What a crash left: the first run looks at every segment, and at every file that was there when the store was opened.
    private readonly HashSet<int> _segments = [.. layout.Segments()];
    private readonly List<long> _files = [.. layout.LargeBodyNumbers()];

    public async Task<(long Octets, long Bodies)> RunAsync(CancellationToken cancellationToken)
    {
        long octets = await RemoveOrphansAsync(cancellationToken);
        long count = 0;
        long after = long.MinValue;
        while (true)
        {
            List<DeadBody> dead = await readers.ReadAsync(database => ListDead(database, after), cancellationToken);
            if (dead.Count == 0)
            {
                break;
            }

            after = dead[^1].Key.Value;
            dead.RemoveAll(body => bodies.Leases.IsTaken(body.Key));
            long[] keys = [.. dead.Select(static body => body.Key.Value)];
            await writer.WriteAsync(transaction => DeleteRows(transaction.Database, keys), cancellationToken);
            foreach (DeadBody body in dead)
            {
                octets += body.Octets;
                count++;
                Release(body.Key);
            }
        }

        foreach (int segment in _segments.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await ReleaseRoomAsync(segment, cancellationToken);
            _segments.Remove(segment);
        }

        return (octets, count);
    }

    private static List<DeadBody> ListDead(Database database, long after)
    {
        var dead = new List<DeadBody>();
        using Statement rows = database.Prepare(
            "SELECT key, length, coalesce(length(structure), 0) FROM bodies WHERE refs <= 0 AND key > ?1 ORDER BY key LIMIT ?2")
            .With(after).With(StepSize);
        while (rows.Step())
        {
            dead.Add(new DeadBody(new BodyKey(rows.Long(0)), BodyRecord.PackedLengthOf(rows.Long(1), rows.Int(2))));
        }

        return dead;
    }

    private static bool DeleteRows(Database database, long[] keys)
    {
        foreach (long key in keys)
        {
            database.Prepare("DELETE FROM bodies WHERE key = ? AND refs <= 0").With(key).Run();
        }

        return true;
    }

    private void Release(BodyKey key)
    {
        if (BodyLocation.IsFile(key))
        {
            File.Delete(layout.LargeBody(BodyLocation.FileNumber(key)));
        }
        else
        {
            _segments.Add(BodyLocation.Segment(key));
        }
    }

    private async Task ReleaseRoomAsync(int segment, CancellationToken cancellationToken)
    {
        // The end is read before the rows: what is appended meanwhile lies behind it.
        (int active, long end) = segments.CommittedEnd;
        List<(long Offset, long Length)> live = await readers.ReadAsync(database => BodyRanges.Of(database, segment), cancellationToken);
        if (segment > active || !File.Exists(layout.Segment(segment)))
        {
            return;
        }

        if (segment < active && live.Count == 0)
        {
            segments.Delete(segment);
            return;
        }

        var file = segments.Get(segment);
        PackHoles.Punch(disk, file, live, segment == active ? end : RandomAccess.GetLength(file));
    }

    private async Task<long> RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        long octets = 0;
        foreach (long number in _files)
        {
            bool isNamed = await readers.ReadAsync(
                database => database.Prepare("SELECT 1 FROM bodies WHERE key = ?").With(BodyLocation.File(number).Value).Scalar() is not null,
                cancellationToken);
            var file = new FileInfo(layout.LargeBody(number));
            if (!isNamed && file.Exists)
            {
                octets += file.Length;
                file.Delete();
            }
        }

        _files.Clear();
        return octets;
    }

    private readonly record struct DeadBody(BodyKey Key, long Octets);
}

/// <summary>Where the bodies of a segment lie.</summary>
internal static class BodyRanges
{
    public static List<(long Offset, long Length)> Of(Database database, int segment)
    {
        var ranges = new List<(long, long)>();
        using Statement rows = database.Prepare(
            "SELECT key, length, coalesce(length(structure), 0) FROM bodies WHERE key >= ?1 AND key < ?2 ORDER BY key")
            .With(BodyLocation.Packed(segment, 0).Value).With(BodyLocation.Packed(segment + 1, 0).Value);
        while (rows.Step())
        {
            ranges.Add((BodyLocation.Offset(new BodyKey(rows.Long(0))), BodyRecord.PackedLengthOf(rows.Long(1), rows.Int(2))));
        }

        return ranges;
    }
}
