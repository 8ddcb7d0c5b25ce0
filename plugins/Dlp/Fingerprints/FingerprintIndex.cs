using System.Collections.Immutable;
using System.Security.Cryptography;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>
/// The fingerprints of all registered documents, in a folder: segments that never change, and a catalog that says which count. Documents that
/// are added make a new segment; small segments are merged into larger ones. What a killed process leaves behind is removed at the next start.
/// </summary>
/// <remarks>One writer at a time, any number of readers beside it.</remarks>
internal sealed class FingerprintIndex : IDisposable
{
    /// <summary>Documents of one hash that a segment keeps; what more share is in every document.</summary>
    public const int MostPerHash = 256;

    // A segment that is not three times as large as all smaller ones together is merged with them.
    private const int MergeRatio = 3;

    // Small ones that have more than this part of all entries are worth a merge of all.
    private const int CompactShare = 16;
    private const string CatalogName = "catalog.json";

    private readonly string _folder;
    private readonly List<Segment> _segments;
    private volatile IndexSnapshot _current;
    private volatile bool _isClosed;
    private Catalog _catalog;
    private string _damage = "";

    private FingerprintIndex(string folder, Catalog catalog, List<Segment> segments)
    {
        _folder = folder;
        _catalog = catalog;
        _segments = segments;
        _current = new IndexSnapshot(catalog, segments);
    }

    /// <summary>The number that the hashes depend on.</summary>
    public ulong Key => _catalog.Key;

    /// <summary>What it consists of.</summary>
    public Catalog Catalog => _catalog;

    /// <summary>Pairs of a hash and a document in all segments.</summary>
    public long Entries => _current.Segments.Sum(segment => segment.Entries); // a snapshot never changes: others than the writer ask

    /// <summary>Opens the index in a folder; an empty one where there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="wasDamaged">Whether something was missing or damaged: the documents are forgotten, and are to be read anew.</param>
    /// <exception cref="IOException">What is there cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static FingerprintIndex Open(string folder, out bool wasDamaged)
    {
        Directory.CreateDirectory(folder);
        var (catalog, segments) = Load(folder, out string damage);
        wasDamaged = damage.Length > 0;
        return new FingerprintIndex(folder, catalog, segments) { _damage = damage };
    }

    /// <summary>What was missing or damaged since this was asked last; empty where nothing was.</summary>
    public string TakeDamage() => Interlocked.Exchange(ref _damage, "");

    /// <summary>
    /// Makes this the only writer, of other versions of the plugin too, and follows what others have written. Between this and the disposal
    /// of what it returns, <see cref="Commit"/> may be called.
    /// </summary>
    /// <returns>Null where there is another writer.</returns>
    /// <exception cref="IOException">What another has written cannot be read; nothing has changed.</exception>
    public IDisposable? TryLock()
    {
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }

        try
        {
            var written = Catalog.Read(Path.Combine(_folder, CatalogName), out bool isDamaged);
            if (isDamaged)
            {
                _damage = $"its catalog was damaged and is now {SetAside(_folder)}; what this process knew is written anew";
                _catalog.Write(Path.Combine(_folder, CatalogName));
            }

            if (written is not null && written.Revision != _catalog.Revision)
            {
                var (catalog, segments) = Load(_folder, out _damage);
                Replace(catalog, segments);
            }

            RemoveStrays();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The index as it stands, held open: dispose it.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public IndexSnapshot Read()
    {
        while (true)
        {
            var snapshot = _current;
            if (snapshot.TryUse())
            {
                return snapshot;
            }

            ObjectDisposedException.ThrowIf(_isClosed, this);
        }
    }

    /// <summary>Adds documents and forgets others, at once and for good.</summary>
    /// <param name="added">Documents with their sorted, distinct hashes; their numbers are given here.</param>
    /// <param name="forgotten">Whether a document is to go.</param>
    /// <param name="registrations">What is registered from now on.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing has changed.</exception>
    public void Commit(
        IReadOnlyList<(RegisteredDocument Document, ulong[] Hashes)> added,
        Func<RegisteredDocument, bool> forgotten,
        ImmutableArray<Registration> registrations,
        CancellationToken cancellationToken)
    {
        var kept = _catalog.Documents.Where(document => !forgotten(document)).ToList();
        Dictionary<(string, ulong), int> texts = [];
        kept.ForEach(document => texts.TryAdd((document.Collection, document.Text), document.Id));
        int next = _catalog.NextId;
        List<ulong[]> hashes = [];
        foreach (var (document, own) in added)
        {
            if (next >= Catalog.MostIds)
            {
                throw new IOException("the index has given all of its document numbers; remove its folder and register anew");
            }

            // However many copies there are, their text is one document's.
            ulong text = Hashes.OfAll(own);
            int id = next;
            if (text == 0 || texts.TryAdd((document.Collection, text), id))
            {
                hashes.Add(own);
                next++;
            }
            else
            {
                id = texts[(document.Collection, text)];
            }

            kept.Add(document with { Id = id, Fingerprints = own.Length, Text = text });
        }

        List<Segment> segments = [.. _segments];
        if (hashes.Any(own => own.Length > 0))
        {
            ulong[] pairs = Pairs(hashes, _catalog.NextId);
            var form = SegmentForm.For(pairs.Length, _catalog.NextId, next - 1);
            segments.Add(SegmentWriter.Write(NewPath(), form, pairs, MostPerHash, cancellationToken));
        }

        Adopt(_catalog with { NextId = next, Documents = [.. kept], Registrations = registrations }, segments);
        Merge(ToMerge(), cancellationToken);
    }

    /// <summary>Merges what small segments there are, when a series of commits has ended: each segment costs a question of every fingerprint.</summary>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing has changed.</exception>
    public void Compact(CancellationToken cancellationToken)
    {
        if (_segments.Count > 1 && Entries - _segments.Max(segment => segment.Entries) > Entries / CompactShare)
        {
            Merge([.. _segments], cancellationToken);
        }
    }

    /// <summary>Closes it once its readers have let go.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _current.Dispose();
        _segments.ForEach(segment => segment.Dispose());
        _segments.Clear();
    }

    private static Catalog Empty() =>
        new(Catalog.CurrentVersion, 0, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), 0, [], [], []);

    private static (Catalog Catalog, List<Segment> Segments) Load(string folder, out string damage)
    {
        var read = Catalog.Read(Path.Combine(folder, CatalogName), out bool isDamaged);
        damage = isDamaged ? $"its catalog was damaged and is now {SetAside(folder)}; what was registered by command is to be registered again" : "";
        var catalog = read ?? Empty();
        List<Segment> segments = [];
        try
        {
            segments.AddRange(catalog.Segments.Select(name => Segment.Open(Path.Combine(folder, Path.GetFileName(name)))).OfType<Segment>());
        }
        catch
        {
            segments.ForEach(segment => segment.Dispose());
            throw;
        }

        if (segments.Count != catalog.Segments.Length)
        {
            damage = "segments were missing or damaged";
            segments.ForEach(segment => segment.Dispose());
            return (catalog with { Segments = [], Documents = [] }, []);
        }

        if (read is null && !isDamaged && Directory.EnumerateFiles(folder, "*.seg").Any())
        {
            damage = "its catalog was missing";
        }

        return (catalog, segments);
    }

    // A person may still get out of it what was registered.
    private static string SetAside(string folder)
    {
        for (int number = 1; ; number++)
        {
            string name = $"{CatalogName}.damaged-{number}";
            if (!File.Exists(Path.Combine(folder, name)))
            {
                File.Move(Path.Combine(folder, CatalogName), Path.Combine(folder, name));
                return name;
            }
        }
    }

    private static ulong[] Pairs(List<ulong[]> hashes, int firstId)
    {
        ulong[] pairs = new ulong[hashes.Sum(own => own.Length)];
        int count = 0;
        for (int i = 0; i < hashes.Count; i++)
        {
            foreach (ulong hash in hashes[i])
            {
                pairs[count++] = (hash << 24) | (uint)(firstId + i);
            }
        }

        pairs.AsSpan().Sort();
        return pairs;
    }

    private string NewPath() => Path.Combine(_folder, $"{Guid.NewGuid():N}.seg");

    private void Adopt(Catalog catalog, List<Segment> segments)
    {
        catalog = catalog with
        {
            Revision = catalog.Revision + 1,
            Segments = [.. segments.Select(segment => Path.GetFileName(segment.Path))],
        };
        catalog.Write(Path.Combine(_folder, CatalogName));
        foreach (var segment in _segments.Except(segments))
        {
            File.Delete(segment.Path);
        }

        Replace(catalog, segments);
    }

    // Those that are in both lists stay open.
    private void Replace(Catalog catalog, List<Segment> segments)
    {
        var gone = _segments.Except(segments).ToList();
        _catalog = catalog;
        _segments.Clear();
        _segments.AddRange(segments);
        var old = _current;
        _current = new IndexSnapshot(catalog, segments);
        old.Dispose();
        gone.ForEach(segment => segment.Dispose());
    }

    private void Merge(List<Segment> merged, CancellationToken cancellationToken)
    {
        if (merged.Count == 0)
        {
            return;
        }

        var alive = new DocumentSet(_catalog.Documents);
        var pairs = MergedPairs.Of(merged.Select(segment => segment.ReadAll())).Where(pair => alive.Has((int)(pair & 0xFFFFFF)));
        var form = Form(merged);
        var result = SegmentWriter.Write(NewPath(), form, pairs, MostPerHash, cancellationToken);
        Adopt(_catalog, [.. _segments.Except(merged), result]);
    }

    private SegmentForm Form(List<Segment> merged)
    {
        int first = merged.Min(segment => segment.FirstDocument);
        int last = merged.Max(segment => segment.LastDocument);
        var alive = _catalog.Documents.Select(document => document.Id).Where(id => id >= first && id <= last).DefaultIfEmpty(first).ToList();
        return SegmentForm.For(merged.Sum(segment => segment.Entries), alive.Min(), alive.Max());
    }

    private List<Segment> ToMerge()
    {
        long alive = _catalog.Documents.DistinctBy(document => document.Id).Sum(document => (long)document.Fingerprints);
        if (Entries > (alive * 3 / 2) + 100_000)
        {
            return [.. _segments];
        }

        var ordered = _segments.OrderBy(segment => segment.Entries).ToList();
        long smaller = 0;
        int count = 0;
        for (int i = 0; i < ordered.Count; i++)
        {
            count = i > 0 && ordered[i].Entries <= MergeRatio * smaller ? i + 1 : count;
            smaller += ordered[i].Entries;
        }

        return ordered[..count];
    }

    private void RemoveStrays()
    {
        var known = _catalog.Segments.ToHashSet(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(_folder))
        {
            string name = Path.GetFileName(file);
            if (name.EndsWith(".new", StringComparison.Ordinal) || (name.EndsWith(".seg", StringComparison.Ordinal) && !known.Contains(name)))
            {
                File.Delete(file);
            }
        }
    }
}
