namespace PluginMail.Configuration.Toml;

/// <summary>Bounds of what the reader takes; documents come from people, and these are far beyond what people write.</summary>
public static class TomlLimits
{
    /// <summary>The largest document, in octets of UTF-8: 4 MiB.</summary>
    public const int Octets = 4 * 1024 * 1024;

    /// <summary>How deep arrays and inline tables nest, and how many parts a dotted key has.</summary>
    public const int Depth = 64;

    /// <summary>After so many errors the rest of the document is not looked at.</summary>
    public const int Errors = 100;
}
