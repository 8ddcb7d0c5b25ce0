namespace PluginMail.ClamAv;

/// <summary>What clamd says of a message.</summary>
internal abstract record ScanResult
{
    private ScanResult()
    {
    }

    /// <summary>Nothing found.</summary>
    public sealed record Clean : ScanResult;

    /// <summary>Something found.</summary>
    /// <param name="Virus">Its name in clamd's signatures; printable ASCII.</param>
    public sealed record Infected(string Virus) : ScanResult;

    /// <summary>Larger than clamd takes or looks through (its StreamMaxLength, MaxScanSize and the like).</summary>
    public sealed record TooLarge : ScanResult;

    /// <summary>clamd answered that it could not scan this message.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Failed(string Reason) : ScanResult;

    /// <summary>No clamd could say.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unavailable(string Reason) : ScanResult;
}
