using System.Runtime.InteropServices;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>Gathers the distinct hashes of a document, and nothing else of it.</summary>
internal sealed class DocumentHashes
{
    private readonly List<ulong> _hashes = [];

    public DocumentHashes(ulong key) => Sink = new Winnower(key, fingerprint => _hashes.Add(fingerprint.Hash));

    /// <summary>Takes the text.</summary>
    public Winnower Sink { get; }

    /// <summary>The hashes, sorted, each once.</summary>
    public ulong[] Finish()
    {
        Sink.Break();
        _hashes.Sort();
        var hashes = CollectionsMarshal.AsSpan(_hashes);
        int count = 0;
        foreach (ulong hash in hashes)
        {
            if (count == 0 || hashes[count - 1] != hash)
            {
                hashes[count++] = hash;
            }
        }

        return hashes[..count].ToArray();
    }
}
