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
        return [.. _hashes.Distinct()];
    }
}
