namespace PluginMail.MailAuth;

/// <summary>The value of an ARC-Seal field (RFC 8617 section 4.1.3).</summary>
internal sealed record ArcSeal(
    DkimAlgorithm Algorithm, string Domain, string Selector, string ChainState, byte[] Signature, Range SignatureRange)
{
    /// <summary>Reads a field's value.</summary>
    /// <returns>Null where it is no usable seal.</returns>
    public static ArcSeal? TryParse(ReadOnlyMemory<byte> value)
    {
        if (TagList.TryParse(value) is not { } tags || tags.Has("h") || tags["d"] is not { } d || tags["s"] is not { } s
            || DomainName.Normalize(d) is not { } domain || DomainName.Normalize(s) is not { } selector
            || tags.Base64("b") is not { Length: > 0 } signature || tags["cv"] is not { } state)
        {
            return null;
        }

        DkimAlgorithm? algorithm = tags["a"]?.ToLowerInvariant() switch
        {
            "rsa-sha256" => DkimAlgorithm.RsaSha256,
            "ed25519-sha256" => DkimAlgorithm.Ed25519Sha256,
            _ => null,
        };
        return algorithm is { } known ? new ArcSeal(known, domain, selector, state.ToLowerInvariant(), signature, tags.RawValueOf("b")) : null;
    }
}
