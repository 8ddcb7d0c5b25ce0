namespace PluginMail.Admin;

/// <summary>What the holder of a token may do.</summary>
public enum ApiScope
{
    /// <summary>Read metrics and nothing else.</summary>
    Metrics,

    /// <summary>Read.</summary>
    Read,

    /// <summary>Read and change.</summary>
    Write,
}

/// <summary>A token of the HTTP API, as it is kept: its secret is known to its holder alone.</summary>
/// <param name="Name">What the administrator calls it: 1 to 64 letters, digits, hyphens, dots and underscores. It stands in the log.</param>
/// <param name="Scope">What its holder may do.</param>
/// <param name="Hash">SHA-256 of the secret, in lower-case hexadecimal.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends; null for never.</param>
public sealed record ApiToken(string Name, ApiScope Scope, string Hash, DateTimeOffset Created, DateTimeOffset? Expires);
