using System.Diagnostics;

namespace PluginMail.Storage.Tests;

public sealed class FolderVersionTests
{
    private static readonly FolderId Id = new(1);

    [Fact]
    public void Versions_and_differences_agree_with_a_plain_list_whatever_happens()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Run(new Random(seed));
        }
    }

    [Fact]
    public void A_small_change_in_a_large_folder_shares_what_it_can()
    {
        ChunkedFolderVersion before = Version([.. Enumerable.Range(1, 100_000).Select(n => new MessageEntry((uint)n, 1, default))]);
        var changes = new FolderChanges { UidNext = 100_001, HighestModSeq = 2 };
        changes.Updated.Add(new MessageEntry(50_000, 2, MessageFlags.Seen));
        changes.Expunged.Add(70_000);
        ChunkedFolderVersion after = before.Apply(changes);
        Assert.InRange(after.Chunks.Except(before.Chunks).Count(), 1, 2);
        FolderDelta delta = after.DeltaFrom(before);
        Assert.Equal([49_999], delta.Changed.AsEnumerable());
        Assert.Equal([69_999], delta.ExpungedPositions.AsEnumerable());

        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < 100; i++)
        {
            after.DeltaFrom(before);
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), "100 differences took a minute");
    }

    [Fact]
    public void An_empty_folder_has_positions_too()
    {
        ChunkedFolderVersion empty = Version([]);
        Assert.Equal(~0, empty.IndexOf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => empty[0]);
        Assert.Same(FolderDelta.None, empty.DeltaFrom(Version([])));
    }

    private static ChunkedFolderVersion Version(IReadOnlyList<MessageEntry> entries) =>
        new(Id, 1, entries.Count == 0 ? 1 : entries[^1].Uid + 1, 1, [], FolderVersionEdit.ToChunks(entries));

    private static void Run(Random random)
    {
        var model = new List<MessageEntry>();
        uint uidNext = 1;
        ulong modSeq = 1;
        ChunkedFolderVersion version = Version([]);
        var past = new List<(ChunkedFolderVersion Version, MessageEntry[] Model)>();
        for (int step = 0; step < 25; step++)
        {
            past.Add((version, [.. model]));
            modSeq++;
            var changes = new FolderChanges { HighestModSeq = modSeq };
            for (int n = random.Next(4) == 0 ? random.Next(2000) : random.Next(3); n > 0; n--)
            {
                uidNext += (uint)random.Next(1, 3);
                changes.Added.Add(new MessageEntry(uidNext, modSeq, default));
            }

            model.AddRange(changes.Added);
            for (int n = random.Next(5); n > 0 && model.Count > 0; n--)
            {
                int at = random.Next(model.Count);
                model[at] = model[at] with { ModSeq = modSeq + 1, Flags = new MessageFlags((ulong)random.Next(4)) };
                changes.Updated.Add(model[at]);
            }

            for (int n = random.Next(5) == 0 ? model.Count * 9 / 10 : random.Next(4); n > 0 && model.Count > 0; n--)
            {
                int at = random.Next(model.Count);
                changes.Expunged.Add(model[at].Uid);
                model.RemoveAt(at);
            }

            modSeq++;
            changes.UidNext = uidNext + 1;
            version = version.Apply(changes);
            Assert.Equal(model, Enumerable.Range(0, version.Count).Select(i => version[i]), (a, b) => a.Uid == b.Uid && a.Flags == b.Flags);
            uint wanted = (uint)random.Next((int)uidNext + 2);
            int index = model.FindIndex(entry => entry.Uid >= wanted);
            Assert.Equal(index < 0 ? ~model.Count : model[index].Uid == wanted ? index : ~index, version.IndexOf(wanted));
        }

        foreach ((ChunkedFolderVersion older, MessageEntry[] then) in past)
        {
            AssertDelta(then, model, version.DeltaFrom(older));
        }
    }

    private static void AssertDelta(MessageEntry[] older, List<MessageEntry> newer, FolderDelta delta)
    {
        Dictionary<uint, MessageFlags> before = older.ToDictionary(entry => entry.Uid, entry => entry.Flags);
        HashSet<uint> now = [.. newer.Select(entry => entry.Uid)];
        Assert.Equal(Enumerable.Range(0, older.Length).Reverse().Where(i => !now.Contains(older[i].Uid)), delta.ExpungedPositions.AsEnumerable());
        Assert.Equal(
            Enumerable.Range(0, newer.Count).Where(i => before.TryGetValue(newer[i].Uid, out MessageFlags flags) && flags != newer[i].Flags),
            delta.Changed.AsEnumerable());
        Assert.Equal(newer.Count(entry => !before.ContainsKey(entry.Uid)), delta.Added);
    }
}
