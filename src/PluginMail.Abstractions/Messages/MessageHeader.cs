namespace PluginMail.Abstractions;

/// <summary>A header field (RFC 5322 section 2.2).</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value unfolded, decoded (RFC 2047) and trimmed, always one line: line ends and NULs in encoded words are spaces; what cannot be decoded stands as written.</param>
/// <param name="RawValue">
/// The octets between the colon and the line end, folds included: a slice of the message, valid until the call that was given the message ends.
/// </param>
public sealed record MessageHeader(string Name, string Value, ReadOnlyMemory<byte> RawValue);
