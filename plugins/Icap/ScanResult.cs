namespace PluginMail.Icap;

/// <summary>What a service says.</summary>
internal abstract record ScanResult
{
    private ScanResult()
    {
    }

    /// <summary>Nothing found.</summary>
    public sealed record Clean : ScanResult;

    /// <summary>Something found.</summary>
    /// <param name="Threat">Its name; printable ASCII.</param>
    public sealed record Infected(string Threat) : ScanResult;

    /// <summary>It could not be looked into, as an encrypted archive.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unscanned(string Reason) : ScanResult;

    /// <summary>No service, or not this one, could say.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unavailable(string Reason) : ScanResult;
}
