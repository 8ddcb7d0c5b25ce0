using System.Collections.Immutable;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>The index as it stood at some time. Whoever asks it holds it open.</summary>
internal sealed class IndexSnapshot : IDisposable
{
    private readonly ImmutableArray<Segment> _segments;
    private readonly Dictionary<int, RegisteredDocument> _documents;
    private int _users = 1;

    /// <summary>Makes one.</summary>
    /// <param name="catalog">What there is.</param>
    /// <param name="segments">Its segments; each gets one more user.</param>
    public IndexSnapshot(Catalog catalog, IEnumerable<Segment> segments)
    {
        Catalog = catalog;
        _segments = [.. segments.Select(segment => segment.Use())];
        _documents = catalog.Documents.Where(document => document.Fingerprints > 0).DistinctBy(document => document.Id).ToDictionary(document => document.Id);
        Documents = new DocumentSet(_documents.Values);
        Collections = _documents.Values.GroupBy(document => document.Collection, StringComparer.Ordinal)
            .ToImmutableDictionary(group => group.Key, group => new DocumentSet([.. group]), StringComparer.Ordinal);
    }

    /// <summary>What there is.</summary>
    public Catalog Catalog { get; }

    /// <summary>Its segments.</summary>
    public ImmutableArray<Segment> Segments => _segments;

    /// <summary>The documents that have fingerprints.</summary>
    public DocumentSet Documents { get; }

    /// <summary>The documents of each collection.</summary>
    public ImmutableDictionary<string, DocumentSet> Collections { get; }

    /// <summary>A document by its number, the first one where it has copies; null where it has gone.</summary>
    public RegisteredDocument? Document(int id) => _documents.GetValueOrDefault(id);

    /// <inheritdoc cref="Segment.Fetch"/>
    public int Fetch(ReadOnlySpan<ulong> hashes)
    {
        int sum = 0;
        foreach (var segment in _segments)
        {
            sum += segment.Fetch(hashes);
        }

        return sum;
    }

    /// <summary>Finds the documents with a hash.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="documents">Takes their numbers, gone ones too.</param>
    /// <returns>How many were taken; as many as there is room for means that there may be more.</returns>
    public int Find(ulong hash, Span<int> documents)
    {
        int count = 0;
        foreach (var segment in _segments)
        {
            count += segment.Find(hash, documents[count..]);
        }

        return count;
    }

    /// <summary>Holds it open.</summary>
    /// <returns>False where it has been closed: there is a newer one.</returns>
    public bool TryUse()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int found = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (found == users)
            {
                return true;
            }

            users = found;
        }

        return false;
    }

    /// <summary>Lets go; the last one closes it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            foreach (var segment in _segments)
            {
                segment.Dispose();
            }
        }
    }
}
