using PluginMail.Dlp.Fingerprints;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>An index in a folder of its own.</summary>
internal sealed class IndexBench : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("dlp-").FullName;

    public FingerprintIndex Index { get; private set; }

    public IndexBench()
    {
        // Always the same key, so that rates are always the same.
        new Catalog(Catalog.CurrentVersion, 1, 4711, 0, [], [], []).Write(Path.Combine(Folder, "catalog.json"));
        Index = FingerprintIndex.Open(Folder, out _);
    }

    public FingerprintIndex Reopen(out bool wasDamaged)
    {
        Index.Dispose();
        return Index = FingerprintIndex.Open(Folder, out wasDamaged);
    }

    /// <summary>Adds documents, named by their numbers.</summary>
    public void Add(params IReadOnlyList<string> texts) => Add(texts, "c");

    public void Add(IReadOnlyList<string> texts, string collection)
    {
        using var held = Index.TryLock();
        Assert.NotNull(held);
        int first = Index.Catalog.Documents.Length;
        Index.Commit([.. texts.Select((text, i) => Document(text, collection, $"/{first + i}"))], _ => false, [], CancellationToken.None);
    }

    public void Forget(string path)
    {
        using var held = Index.TryLock();
        Index.Commit([], document => document.Path == path, [], CancellationToken.None);
    }

    public IReadOnlyList<DocumentMatch> Match(string text, string ignored = "", int common = 50)
    {
        using var snapshot = Index.Read();
        var matcher = new Matcher(snapshot, collection => collection == ignored, common);
        var winnower = new Winnower(Index.Key, matcher.Take);
        winnower.Write(text);
        winnower.Break();
        return matcher.Matches();
    }

    public void Dispose()
    {
        Index.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private (RegisteredDocument Document, ulong[] Hashes) Document(string text, string collection, string path)
    {
        var hashes = new DocumentHashes(Index.Key);
        hashes.Sink.Write(text);
        ulong[] own = hashes.Finish();
        return (new RegisteredDocument(0, collection, path, text.Length, 0, hashes.Sink.Count, 0, ""), own);
    }
}
