using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>A root, an authority below it, and what it issues.</summary>
internal sealed class TestPki : IDisposable
{
    private readonly TimeProvider _clock;

    public TestPki(TimeProvider clock)
    {
        _clock = clock;
        Root = Issue("CN=Test Root", null, isAuthority: true);
        Authority = Issue("CN=Test Authority", Root, isAuthority: true);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Authority { get; }

    /// <summary>A host's certificate.</summary>
    public X509Certificate2 Host(string name, int firstDay = -1, int lastDay = 1) => Issue($"CN={name}", Authority, isAuthority: false, name, firstDay, lastDay);

    /// <summary>One that its own key signed.</summary>
    public X509Certificate2 SelfSigned(string name) => Issue($"CN={name}", null, isAuthority: false, name);

    public void Dispose()
    {
        Root.Dispose();
        Authority.Dispose();
    }

    private X509Certificate2 Issue(string subject, X509Certificate2? issuer, bool isAuthority, string? name = null, int firstDay = -1, int lastDay = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        if (name is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        DateTimeOffset now = _clock.GetUtcNow();
        if (issuer is null)
        {
            using X509Certificate2 self = request.CreateSelfSigned(now.AddDays(firstDay), now.AddDays(lastDay));
            return Reload(self);
        }

        // Not by Create(issuer, …): a test wants certificates that outlive their issuer.
        using ECDsa issuerKey = issuer.GetECDsaPrivateKey()!;
        using X509Certificate2 made = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), now.AddDays(firstDay), now.AddDays(lastDay), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = made.CopyWithPrivateKey(key);
        return Reload(withKey);
    }

    private static X509Certificate2 Reload(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
}
