namespace PluginMail.Mime;

/// <summary>
/// Bounds of a scan. What lies beyond a bound is no longer looked into, and <see cref="MimeDefects"/> says so; offsets stay true.
/// </summary>
public sealed record MimeLimits
{
    /// <summary>The bounds that the server uses.</summary>
    public static MimeLimits Default { get; } = new();

    /// <summary>How deep parts may nest; a multipart or message at this depth is an opaque leaf. At most 100.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Parts of a message, embedded messages included; from there on the open parts are opaque.</summary>
    public int MaxParts { get; init; } = 1000;

    /// <summary>Header fields of one part that are looked at.</summary>
    public int MaxHeaderFields { get; init; } = 1000;

    /// <summary>Bytes of one part's header that are looked at.</summary>
    public int MaxHeaderBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of a line, its end included, beyond which the message is marked; nothing else depends on it.</summary>
    public int MaxLineLength { get; init; } = 64 * 1024;

    /// <summary>Bytes of raw envelope values kept for the message and all embedded ones; larger values are left out.</summary>
    public int MaxEnvelopeBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of content field values (types, parameters, dispositions ...) kept for all parts; larger values are left out.</summary>
    public int MaxContentFieldBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of a boundary parameter; a multipart with a longer one is opaque. RFC 2046 allows 70.</summary>
    public int MaxBoundaryLength { get; init; } = 256;
}
