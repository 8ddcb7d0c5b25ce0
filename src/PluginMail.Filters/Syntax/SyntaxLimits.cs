namespace PluginMail.Filters.Syntax;

/// <summary>Bounds on the form of a script. RFC 5228 2.10.7 asks for at least fifteen nested blocks and test lists.</summary>
public sealed record SyntaxLimits
{
    /// <summary>The limits that apply when none are given.</summary>
    public static SyntaxLimits Default { get; } = new();

    /// <summary>Longest script in octets.</summary>
    public int ScriptOctets { get; init; } = 1024 * 1024;

    /// <summary>Deepest nesting of blocks, and of tests.</summary>
    public int Nesting { get; init; } = 64;

    /// <summary>Longest string in octets, after escapes are undone.</summary>
    public int StringOctets { get; init; } = 256 * 1024;

    /// <summary>Longest identifier or tag in octets.</summary>
    public int IdentifierOctets { get; init; } = 64;

    /// <summary>Most diagnostics reported for one script; the rest are counted only.</summary>
    public int Diagnostics { get; init; } = 100;
}
