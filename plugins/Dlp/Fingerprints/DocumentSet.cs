namespace PluginMail.Dlp.Fingerprints;

/// <summary>Numbers of documents, a bit each: to be asked a hundred thousand times a message.</summary>
internal sealed class DocumentSet
{
    private readonly ulong[] _bits;

    public DocumentSet(IReadOnlyCollection<RegisteredDocument> documents)
    {
        _bits = new ulong[documents.Count == 0 ? 0 : (documents.Max(document => document.Id) / 64) + 1];
        foreach (var document in documents)
        {
            _bits[document.Id / 64] |= 1UL << document.Id;
        }
    }

    /// <summary>Whether a document is among them.</summary>
    public bool Has(int id) => (uint)id / 64 < (uint)_bits.Length && (_bits[id / 64] >> id & 1) != 0;
}
