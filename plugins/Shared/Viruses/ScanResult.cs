namespace PluginMail.Viruses;

/// <summary>What a virus scanner says of a message.</summary>
internal abstract record ScanResult
{
    private ScanResult(string name) => Name = name;

    /// <summary>As metrics call it.</summary>
    public string Name { get; }

    /// <summary>Nothing found.</summary>
    public sealed record Clean() : ScanResult("clean");

    /// <summary>Something found.</summary>
    /// <param name="Virus">Its name; printable ASCII.</param>
    public sealed record Infected(string Virus) : ScanResult("infected");

    /// <summary>Larger than the settings or the scanner let it be.</summary>
    /// <param name="Reason">Than what.</param>
    public sealed record TooLarge(string Reason) : ScanResult("too_large");

    /// <summary>It could not be looked into, as an encrypted archive.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unscanned(string Reason) : ScanResult("unscanned");

    /// <summary>No scanner could say.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unavailable(string Reason) : ScanResult("unavailable");
}
