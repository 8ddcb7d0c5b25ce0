using System.Security.Cryptography;

namespace PluginMail.MailAuth;

/// <summary>One SHA-256 hash of a body in canonical form (RFC 6376 section 3.7), perhaps of its first octets only.</summary>
/// <param name="form">The form.</param>
/// <param name="limit">How many canonical octets are hashed (l=); null for all.</param>
internal sealed class BodyHash(Canonicalization form, long? limit)
{
    private IncrementalHash? _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Canonicalization Form => form;

    public long? Limit => limit;

    /// <summary>Octets of the whole body in canonical form.</summary>
    public long CanonicalLength { get; private set; }

    /// <summary>The hash, once the body was read.</summary>
    public ReadOnlyMemory<byte> Digest { get; private set; }

    public void Append(ReadOnlySpan<byte> octets)
    {
        long left = limit is { } most ? Math.Max(0, most - CanonicalLength) : octets.Length;
        CanonicalLength += octets.Length;
        _hash!.AppendData(octets[..(int)Math.Min(left, octets.Length)]);
    }

    public void Finish()
    {
        Digest = _hash!.GetHashAndReset();
        _hash.Dispose();
        _hash = null;
    }
}
