using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>How much of a document a text has.</summary>
/// <param name="Document">The document.</param>
/// <param name="Words">No fewer words of the text, in one run or several, are the document's; about ten more in each run may be.</param>
/// <param name="Percent">Of the document's words.</param>
/// <param name="Fingerprints">How many different fingerprints are the document's.</param>
internal sealed record DocumentMatch(RegisteredDocument Document, int Words, int Percent, int Fingerprints);

/// <summary>Finds the documents that a text has something of.</summary>
/// <param name="index">The documents.</param>
/// <param name="isIgnored">Whether a collection's documents are known to everybody: what they have does not count.</param>
/// <param name="commonDocuments">A fingerprint that more documents than this have is a common phrase, and does not count; up to <see cref="FingerprintIndex.MostPerHash"/> - 1.</param>
internal sealed class Matcher(IndexSnapshot index, Func<string, bool> isIgnored, int commonDocuments)
{
    // Hits that lie further apart than this have nothing to do with each other; of each such place fewer hits than three are an accident.
    private const int Neighbourhood = 4 * Winnower.Window;
    private const int LeastHits = 3;

    private readonly DocumentSet[] _ignored = [.. index.Collections.Where(collection => isIgnored(collection.Key)).Select(collection => collection.Value)];
    private readonly int[] _found = new int[FingerprintIndex.MostPerHash];
    private readonly HashSet<ulong> _asked = [];
    private readonly ulong[] _waitingHashes = new ulong[Segment.MostFetched];
    private readonly Hit[] _waiting = new Hit[Segment.MostFetched];
    private int _waitingCount;
    private readonly Dictionary<int, List<Hit>> _hits = [];
    private readonly Dictionary<int, int> _common = [];

    /// <summary>Takes a fingerprint of the text, in their order.</summary>
    public void Take(Fingerprint fingerprint)
    {
        if (!_asked.Add(fingerprint.Hash))
        {
            return;
        }

        _waitingHashes[_waitingCount] = fingerprint.Hash;
        _waiting[_waitingCount++] = new Hit(_asked.Count, fingerprint.Position);
        if (_waitingCount == _waiting.Length)
        {
            AskWaiting();
        }
    }

    /// <summary>The documents with some fingerprints in one place, most words first.</summary>
    public ImmutableArray<DocumentMatch> Matches()
    {
        AskWaiting();
        List<DocumentMatch> matches = [];
        foreach (var (id, hits) in _hits)
        {
            if (index.Document(id) is { } document)
            {
                int words = Math.Min(Words(CollectionsMarshal.AsSpan(hits), Math.Min(LeastHits, document.Fingerprints)), document.Words);
                if (words > 0)
                {
                    matches.Add(new DocumentMatch(document, words, (int)(100L * words / Math.Max(1, document.Words)), hits.Count));
                }
            }
        }

        return [.. matches.OrderByDescending(match => match.Words).ThenBy(match => match.Document.Id)];
    }

    private void AskWaiting()
    {
        index.Fetch(_waitingHashes.AsSpan(0, _waitingCount));
        for (int i = 0; i < _waitingCount; i++)
        {
            Ask(_waitingHashes[i], _waiting[i]);
        }

        _waitingCount = 0;
    }

    private void Ask(ulong hash, Hit hit)
    {
        var found = _found.AsSpan(0, index.Find(hash, _found));
        int documents = 0;
        foreach (int id in found)
        {
            documents += index.Documents.Has(id) ? 1 : 0;
        }

        if (IsIgnored(found))
        {
            return;
        }

        if (documents > commonDocuments)
        {
            _common.Add(hit.Number, hit.Position);
            return;
        }

        foreach (int id in found)
        {
            ref var hits = ref CollectionsMarshal.GetValueRefOrAddDefault(_hits, id, out _);
            (hits ??= []).Add(hit);
        }
    }

    private bool IsIgnored(ReadOnlySpan<int> documents)
    {
        foreach (var ignored in _ignored)
        {
            foreach (int id in documents)
            {
                if (ignored.Has(id))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private int Words(ReadOnlySpan<Hit> hits, int leastHits)
    {
        int words = 0;
        for (int i = 0; i < hits.Length;)
        {
            int end = i + 1;
            while (end < hits.Length && hits[end].Position - hits[end - 1].Position <= Neighbourhood)
            {
                end++;
            }

            words += end - i >= leastHits ? WordsOfPlace(hits[i..end]) : 0;
            i = end;
        }

        return words;
    }

    // In a run that is shared as a whole, every fingerprint of the text is one of the document. Common phrases count where they stand
    // within or beside a run that is one without them.
    private int WordsOfPlace(ReadOnlySpan<Hit> hits)
    {
        int words = 0;
        for (int i = 0; i < hits.Length;)
        {
            int end = i + 1;
            int bridged = 0;
            while (end < hits.Length && Follow(hits[end - 1], hits[end]))
            {
                bridged += hits[end].Number - hits[end - 1].Number > 1 ? hits[end].Position - hits[end - 1].Position - Winnower.ShingleWords : 0;
                end++;
            }

            words += end - i < LeastHits
                ? hits[end - 1].Position - hits[i].Position + Winnower.ShingleWords - Math.Max(0, bridged)
                : Extend(hits[end - 1], 1) - Extend(hits[i], -1) + Winnower.ShingleWords;
            i = end;
        }

        return words;
    }

    private int Extend(Hit hit, int step)
    {
        while (_common.TryGetValue(hit.Number + step, out int position) && Math.Abs(position - hit.Position) <= Winnower.Window)
        {
            hit = new Hit(hit.Number + step, position);
        }

        return hit.Position;
    }

    private bool Follow(Hit first, Hit second)
    {
        for (int number = first.Number + 1; number < second.Number; number++)
        {
            if (!_common.ContainsKey(number))
            {
                return false;
            }
        }

        return second.Position - first.Position <= Winnower.Window * (second.Number - first.Number);
    }

    private readonly record struct Hit(int Number, int Position);
}
