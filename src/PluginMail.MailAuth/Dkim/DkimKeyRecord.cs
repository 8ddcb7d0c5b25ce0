using System.Security.Cryptography;

namespace PluginMail.MailAuth;

/// <summary>A public key as DNS publishes it (RFC 6376 section 3.6.1, RFC 8463 section 4.2).</summary>
internal sealed record DkimKeyRecord
{
    private const int MinimumRsaBits = 1024; // RFC 8301 section 3.2
    private const int MaximumRsaBits = 8192;

    /// <summary>rsa, ed25519, or what else k= says.</summary>
    public string KeyType { get; private init; } = "rsa";

    /// <summary>The key's octets; empty where it was revoked.</summary>
    public byte[] PublicKey { get; private init; } = [];

    /// <summary>Whether the domain is testing DKIM (t=y).</summary>
    public bool IsTesting { get; private init; }

    /// <summary>Whether i= must be in d= itself and not below it (t=s).</summary>
    public bool IsStrict { get; private init; }

    private bool AllowsSha256 { get; init; }

    private bool ServesEmail { get; init; }

    /// <summary>Reads a TXT record.</summary>
    /// <returns>Null where it is no key record.</returns>
    public static DkimKeyRecord? TryParse(string text)
    {
        if (TagList.TryParse(text) is not { } tags || !tags.Has("p") || (tags.Has("v") && (tags["v"] != "DKIM1" || tags.FirstName != "v")))
        {
            return null;
        }

        byte[]? key = tags.Base64("p");
        return key is null
            ? null
            : new DkimKeyRecord
            {
                KeyType = (tags["k"] ?? "rsa").ToLowerInvariant(),
                PublicKey = key,
                IsTesting = Lists(tags["t"], "y"),
                IsStrict = Lists(tags["t"], "s"),
                AllowsSha256 = tags["h"] is not { } hashes || Lists(hashes, "sha256"),
                ServesEmail = tags["s"] is not { } services || Lists(services, "*") || Lists(services, "email"),
            };
    }

    /// <summary>Why a signature may not be verified with this key; null where it may.</summary>
    public string? ProblemWith(DkimSignature signature)
    {
        if (PublicKey.Length == 0)
        {
            return "key revoked";
        }

        if (!AllowsSha256 || !ServesEmail)
        {
            return "key is not for this use";
        }

        if (KeyType != (signature.Algorithm == DkimAlgorithm.Ed25519Sha256 ? "ed25519" : "rsa"))
        {
            return "key of another type";
        }

        return IsStrict && !signature.Identity.EndsWith("@" + signature.Domain, StringComparison.OrdinalIgnoreCase)
            ? "i= is below d=, which the key does not allow" : null;
    }

    /// <summary>Verifies a signature over a hash.</summary>
    /// <returns>The result and, where it is no pass, why.</returns>
    public (DkimResult Result, string? Problem) Verify(DkimAlgorithm algorithm, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        try
        {
            return algorithm == DkimAlgorithm.RsaSha256 ? VerifyRsa(hash, signature) : VerifyEd25519(hash, signature);
        }
        catch (CryptographicException)
        {
            return (DkimResult.PermError, "unusable key");
        }
    }

    private static bool Lists(string? text, string item) =>
        text is not null && text.Split(':', 64).Any(part => part.Trim(' ', '\t', '\r', '\n').Equals(item, StringComparison.OrdinalIgnoreCase));

    private (DkimResult Result, string? Problem) VerifyRsa(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        using RSA? rsa = ImportRsa();
        if (rsa is null)
        {
            return (DkimResult.PermError, "unusable key");
        }

        if (rsa.KeySize is < MinimumRsaBits or > MaximumRsaBits)
        {
            return (DkimResult.Policy, $"RSA key of {rsa.KeySize} bits");
        }

        return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? (DkimResult.Pass, null) : (DkimResult.Fail, "signature does not hold");
    }

    /// <summary>The key as SubjectPublicKeyInfo, which most publish, or RSAPublicKey, which the RFC's grammar says (RFC 8301 appendix A).</summary>
    private RSA? ImportRsa()
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(PublicKey, out _);
            return rsa;
        }
        catch (CryptographicException)
        {
            // Not this form; the other follows.
        }

        try
        {
            rsa.ImportRSAPublicKey(PublicKey, out _);
            return rsa;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    private (DkimResult Result, string? Problem) VerifyEd25519(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (!Ed25519.IsSupported)
        {
            return (DkimResult.Neutral, "Ed25519 is not available here");
        }

        if (PublicKey.Length != Ed25519.KeyLength)
        {
            return (DkimResult.PermError, "unusable key");
        }

        return Ed25519.Verify(PublicKey, hash, signature) ? (DkimResult.Pass, null) : (DkimResult.Fail, "signature does not hold");
    }
}
