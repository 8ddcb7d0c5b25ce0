using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>A private key of a domain, and what the domain publishes for it (RFC 6376 section 3.6.1). Safe for concurrent use.</summary>
public sealed class DkimSigningKey : IDisposable
{
    /// <summary>Bits of the RSA keys that are made: what every verifier takes (RFC 8301 section 3.2) and one TXT record holds.</summary>
    public const int RsaBits = 2048;

    private const int LongestString = 255;

    /// <summary>A PrivateKeyInfo of Ed25519 (RFC 8410 section 7) up to the 32 octets of the seed.</summary>
    private static ReadOnlySpan<byte> Ed25519Prefix => [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    private readonly ConcurrentBag<RSA> _rsa = []; // one a thread at a time: RSA objects promise nothing else
    private readonly byte[] _privateKey; // PKCS#8 PrivateKeyInfo
    private readonly LibCrypto.KeyHandle? _ed25519;

    private DkimSigningKey(string domain, string selector, DkimAlgorithm algorithm, byte[] privateKey)
    {
        Domain = domain;
        Selector = selector;
        Algorithm = algorithm;
        _privateKey = privateKey;
        if (algorithm == DkimAlgorithm.Ed25519Sha256)
        {
            _ed25519 = Ed25519.OpenPrivateKey(privateKey.AsSpan(Ed25519Prefix.Length));
            PublicKey = [.. Ed25519.PublicKeyOf(_ed25519)];
            return;
        }

        RSA rsa = OpenRsa();
        PublicKey = [.. rsa.ExportSubjectPublicKeyInfo()];
        _rsa.Add(rsa);
    }

    /// <summary>The signing domain (d=) in lower case.</summary>
    public string Domain { get; }

    /// <summary>The selector (s=) in lower case.</summary>
    public string Selector { get; }

    /// <summary>The algorithm it signs with.</summary>
    public DkimAlgorithm Algorithm { get; }

    /// <summary>The public key as p= carries it: SubjectPublicKeyInfo for RSA, the 32 octets for Ed25519 (RFC 8463 section 4.2).</summary>
    public ImmutableArray<byte> PublicKey { get; }

    /// <summary>The name of the TXT record to publish, without the root's dot.</summary>
    public string DnsName => $"{Selector}._domainkey.{Domain}";

    /// <summary>The TXT record to publish, as one text.</summary>
    public string DnsText =>
        $"v=DKIM1; k={(Algorithm == DkimAlgorithm.RsaSha256 ? "rsa" : "ed25519")}; p={Convert.ToBase64String(PublicKey.AsSpan())}";

    /// <summary>The TXT record's strings, none over 255 octets (RFC 1035 section 3.3, RFC 6376 section 3.6.2.2).</summary>
    public ImmutableArray<string> DnsStrings => [.. DnsText.Chunk(LongestString).Select(chunk => new string(chunk))];

    /// <summary>Makes a key.</summary>
    /// <param name="domain">The signing domain.</param>
    /// <param name="selector">The selector, one label or several.</param>
    /// <param name="algorithm">The algorithm.</param>
    /// <returns>The key, to be stored as <see cref="ToPem"/> and disposed.</returns>
    /// <exception cref="ArgumentException">The domain or the selector is no domain name.</exception>
    /// <exception cref="CryptographicException">The algorithm is not available on this machine.</exception>
    public static DkimSigningKey Generate(string domain, string selector, DkimAlgorithm algorithm)
    {
        (domain, selector) = (NameOf(domain, nameof(domain)), NameOf(selector, nameof(selector)));
        if (algorithm == DkimAlgorithm.RsaSha256)
        {
            using var rsa = RSA.Create(RsaBits);
            return new DkimSigningKey(domain, selector, algorithm, rsa.ExportPkcs8PrivateKey());
        }

        RequireEd25519();
        return new DkimSigningKey(domain, selector, algorithm, [.. Ed25519Prefix, .. RandomNumberGenerator.GetBytes(Ed25519.KeyLength)]);
    }

    /// <summary>Reads a key of PEM text: PKCS#8 (<c>PRIVATE KEY</c>, RSA or Ed25519) or PKCS#1 (<c>RSA PRIVATE KEY</c>).</summary>
    /// <param name="domain">The signing domain.</param>
    /// <param name="selector">The selector.</param>
    /// <param name="pem">The text.</param>
    /// <param name="key">The key, to be disposed.</param>
    /// <returns>False where the text is no unencrypted private key of at least 1024 bits, or the names are none.</returns>
    public static bool TryFromPem(string domain, string selector, string pem, [NotNullWhen(true)] out DkimSigningKey? key)
    {
        key = null;
        if (DomainName.Normalize(domain) is not { } name || DomainName.Normalize(selector) is not { } label || !PemEncoding.TryFind(pem, out PemFields fields))
        {
            return false;
        }

        byte[] octets = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64String(pem[fields.Base64Data], octets, out int count))
        {
            return false;
        }

        try
        {
            key = pem.AsSpan()[fields.Label] switch
            {
                "PRIVATE KEY" when IsEd25519(octets.AsSpan(0, count)) => Ed25519.IsSupported
                    ? new DkimSigningKey(name, label, DkimAlgorithm.Ed25519Sha256, octets[..count]) : null,
                "PRIVATE KEY" or "RSA PRIVATE KEY" => FromRsaPem(name, label, pem[fields.Location]),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            key = null;
        }

        return key is not null;
    }

    /// <summary>The key as PEM text (PKCS#8, RFC 5958 and RFC 8410), unencrypted: whoever reads it can sign for the domain.</summary>
    /// <returns>Lines that end with a line feed.</returns>
    public string ToPem() => PemEncoding.WriteString("PRIVATE KEY", _privateKey) + "\n";

    /// <summary>The record as a line of a zone file (RFC 1035 section 5.1).</summary>
    /// <returns>The line without a line end.</returns>
    public string ToZoneLine()
    {
        var line = new StringBuilder($"{DnsName}. IN TXT (");
        foreach (string text in DnsStrings)
        {
            line.Append($" \"{text}\"");
        }

        return line.Append(" )").ToString();
    }

    /// <summary>Signs a SHA-256 hash.</summary>
    internal byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        if (_ed25519 is not null)
        {
            return Ed25519.Sign(_ed25519, hash);
        }

        RSA rsa = _rsa.TryTake(out RSA? free) ? free : OpenRsa();
        byte[] signature = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _rsa.Add(rsa);
        return signature;
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose()
    {
        _ed25519?.Dispose();
        while (_rsa.TryTake(out RSA? rsa))
        {
            rsa.Dispose();
        }

        CryptographicOperations.ZeroMemory(_privateKey);
    }

    private static string NameOf(string text, string parameter) =>
        DomainName.Normalize(text) ?? throw new ArgumentException($"'{text}' is no domain name", parameter);

    private static bool IsEd25519(ReadOnlySpan<byte> octets) =>
        octets.Length == Ed25519Prefix.Length + Ed25519.KeyLength && octets.StartsWith(Ed25519Prefix);

    private static DkimSigningKey? FromRsaPem(string domain, string selector, string pem)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
        }
        catch (ArgumentException)
        {
            return null;
        }

        return rsa.KeySize < 1024 ? null : new DkimSigningKey(domain, selector, DkimAlgorithm.RsaSha256, rsa.ExportPkcs8PrivateKey());
    }

    private static void RequireEd25519()
    {
        if (!Ed25519.IsSupported)
        {
            throw new CryptographicException("Ed25519 needs OpenSSL 3 (libcrypto.so.3)");
        }
    }

    private RSA OpenRsa()
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(_privateKey, out _);
        return rsa;
    }
}
