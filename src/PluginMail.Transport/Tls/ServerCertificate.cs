using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PluginMail.Transport;

/// <summary>The certificate that TLS is served with. It can be exchanged while connections are open; new handshakes take the new one.</summary>
public sealed class ServerCertificate
{
    private volatile State _state;

    private ServerCertificate(State state) => _state = state;

    /// <summary>The subject's common name and the end of validity, for people.</summary>
    public string Description => _state.Description;

    /// <summary>What a handshake needs.</summary>
    public SslServerAuthenticationOptions Options => _state.Options;

    /// <summary>The octets of tls-server-end-point (RFC 5929 section 4.1): the certificate's hash.</summary>
    internal byte[] EndPointBinding => _state.EndPointBinding;

    /// <summary>Loads a chain and its key.</summary>
    /// <param name="certificatePath">PEM: the server's certificate first, then the intermediate ones.</param>
    /// <param name="keyPath">PEM: the private key, not encrypted; may be the same file.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be, or key and certificate do not belong together.</exception>
    public static ServerCertificate Load(string certificatePath, string keyPath) => new(Read(certificatePath, keyPath));

    /// <summary>Loads the files again; where that fails the old certificate goes on serving.</summary>
    /// <param name="certificatePath">PEM chain.</param>
    /// <param name="keyPath">PEM key.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be.</exception>
    public void Reload(string certificatePath, string keyPath) => _state = Read(certificatePath, keyPath);

    /// <summary>Makes a self-signed pair as PEM files that only the server's user can read, unless they are there.</summary>
    /// <param name="certificatePath">Where the certificate goes.</param>
    /// <param name="keyPath">Where the key goes.</param>
    /// <param name="hostname">The name it is for; loopback's names and addresses are added.</param>
    /// <param name="now">It is valid from the day before, for ten years.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void EnsureSelfSigned(string certificatePath, string keyPath, string hostname, DateTimeOffset now)
    {
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(keyPath))!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostname}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostname);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        WritePrivate(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        WritePrivate(certificatePath, certificate.ExportCertificatePem() + "\n");
    }

    private static void WritePrivate(string path, string text)
    {
        File.Delete(path); // one that is there would keep its mode
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    private static State Read(string certificatePath, string keyPath)
    {
        using X509Certificate2 pem = ReadPair(certificatePath, keyPath);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificatePath);
        if (chain.Count > 0)
        {
            chain.RemoveAt(0);
        }

        X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // RFC 8996, RFC 8997
            AllowRenegotiation = false,
        };
        return new State(options, Binding(certificate), $"{certificate.Subject}, valid until {certificate.NotAfter:yyyy-MM-dd}");
    }

    private static X509Certificate2 ReadPair(string certificatePath, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException($"{keyPath} is not the key of {certificatePath}: {e.Message}", e);
        }
    }

    // RFC 5929 section 4.1: MD5 and SHA-1 signatures are hashed with SHA-256, others with their own hash.
    private static byte[] Binding(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(certificate.RawData),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(certificate.RawData),
        _ => SHA256.HashData(certificate.RawData),
    };

    private sealed record State(SslServerAuthenticationOptions Options, byte[] EndPointBinding, string Description);
}
