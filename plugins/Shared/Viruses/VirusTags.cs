namespace PluginMail.Viruses;

/// <summary>The tags that a message may get. The first three are known to the test virustest (RFC 5235 section 3).</summary>
internal static class VirusTags
{
    /// <summary>Something was found.</summary>
    public const string Infected = "virus";

    /// <summary>Nothing was found.</summary>
    public const string Clean = "virus-clean";

    /// <summary>Nobody looked.</summary>
    public const string Unscanned = "virus-unscanned";

    /// <summary>What was found stands behind it.</summary>
    public const string NamePrefix = "virus:";
}
