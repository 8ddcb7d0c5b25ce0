namespace PluginMail.Storage;

/// <summary>Where a store lies and within which bounds it works.</summary>
/// <param name="Folder">The data folder; made where it is missing. The caller sees to it that one process alone uses it.</param>
public sealed record StoreOptions(string Folder)
{
    /// <summary>Octets of the largest pack segment; a segment is sealed before it would grow beyond.</summary>
    public long SegmentSize { get; init; } = 256L << 20;

    /// <summary>Bodies with more octets than this lie in files of their own.</summary>
    public int LargestPackedBody { get; init; } = 1 << 20;

    /// <summary>Octets of a body that a spool keeps in memory before it goes to a file.</summary>
    public int SpoolMemory { get; init; } = 256 << 10;

    /// <summary>Is added to every sync, to see how the server does on a slower disk.</summary>
    public TimeSpan ExtraSyncDelay { get; init; }

    /// <summary>The most requests that are committed together.</summary>
    public int MaximumBatchRequests { get; init; } = 512;

    /// <summary>Octets of bodies from which on a batch takes no further request.</summary>
    public long MaximumBatchOctets { get; init; } = 16 << 20;

    /// <summary>Connections that read; more readers wait.</summary>
    public int Readers { get; init; } = Math.Max(4, Environment.ProcessorCount);

    /// <summary>Messages of folders that nobody holds, whose versions stay in memory (24 octets each).</summary>
    public int CachedFolderEntries { get; init; } = 1_000_000;

    /// <summary>Folders an account may have.</summary>
    public int MaximumFolders { get; init; } = 10_000;

    /// <summary>Filter scripts an account may have.</summary>
    public int MaximumScripts { get; init; } = 100;

    /// <summary>Octets of all filter scripts of an account.</summary>
    public int MaximumScriptOctets { get; init; } = 4 << 20;

    /// <summary>Octets of the largest value of an annotation.</summary>
    public int MaximumAnnotationValueOctets { get; init; } = 64 << 10;

    /// <summary>Annotations a folder may have, and an account at the server.</summary>
    public int MaximumFolderAnnotations { get; init; } = 200;

    /// <summary>Annotations an account may have, with those of all its folders.</summary>
    public int MaximumAnnotations { get; init; } = 10_000;

    /// <summary>Octets of the values of all annotations of an account and its folders.</summary>
    public int MaximumAnnotationOctets { get; init; } = 4 << 20;

    /// <summary>How long the idempotency key of a batch is remembered.</summary>
    public TimeSpan IdempotencyLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How files are written; tests put a disk that fails here.</summary>
    internal Func<TimeSpan, DurableDisk> Disk { get; init; } = static delay => new DurableDisk(delay);
}
