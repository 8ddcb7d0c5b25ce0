using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Dns;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>TLSA records against certificates that a real TLS server shows.</summary>
public sealed class DaneCheckTests : IDisposable
{
    private const string Host = "mx.example.test";
    private readonly TestPki _pki = new(TimeProvider.System);

    public void Dispose() => _pki.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public async Task End_entity_is_its_certificate_or_key_whatever_its_name_and_dates(byte selector, byte matching)
    {
        using X509Certificate2 shown = _pki.Host("another.name", firstDay: -30, lastDay: -20);
        using X509Certificate2 other = _pki.Host("another.name");
        CertificateAssociation record = Record(3, selector, matching, shown);
        Assert.Null(await HandshakeAsync(shown, record));
        Assert.Null(await HandshakeAsync(shown, Record(3, selector, matching, other), record));
        Assert.Equal(TlsFailureKind.ValidationFailure, (await HandshakeAsync(other, record))?.Kind);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    public async Task Trust_anchor_is_an_authority_that_the_host_sends(byte selector, byte matching)
    {
        using X509Certificate2 shown = _pki.Host(Host);
        Assert.Null(await HandshakeAsync(shown, Record(2, selector, matching, _pki.Authority)));
        Assert.Null(Judge(shown, Record(2, selector, matching, _pki.Root), _pki.Authority, _pki.Root));
        using var others = new TestPki(TimeProvider.System);
        Assert.Equal(TlsFailureKind.ValidationFailure, (await HandshakeAsync(shown, Record(2, selector, matching, others.Root)))?.Kind);
    }

    [Fact]
    public async Task Trust_anchor_may_stand_whole_in_the_record_and_need_not_be_sent()
    {
        using X509Certificate2 shown = _pki.Host(Host);
        Assert.Null(await HandshakeAsync(shown, [Record(2, 0, 0, _pki.Root)], [_pki.Authority]));
        Assert.Null(await HandshakeAsync(shown, [Record(2, 0, 0, _pki.Authority)], []));
        CertificateAssociation rubbish = new(2, 0, 0, [1, 2, 3]);
        Assert.Equal(TlsFailureKind.ValidationFailure, (await HandshakeAsync(shown, rubbish))?.Kind);
    }

    [Theory]
    [InlineData("other.example.test", -1, 1, TlsFailureKind.CertificateHostMismatch)]
    [InlineData(Host, -30, -20, TlsFailureKind.CertificateExpired)]
    [InlineData(Host, 20, 30, TlsFailureKind.CertificateExpired)]
    [InlineData("example.test", -1, 1, null)] // the recipients' domain will do
    public async Task What_a_trust_anchor_issued_must_be_for_the_host_and_for_now(string name, int firstDay, int lastDay, TlsFailureKind? expected)
    {
        using X509Certificate2 shown = _pki.Host(name, firstDay, lastDay);
        Assert.Equal(expected, (await HandshakeAsync(shown, Record(2, 0, 1, _pki.Authority)))?.Kind);
    }

    [Fact]
    public void Certificate_that_only_says_who_issued_it_is_refused()
    {
        using var forger = new TestPki(TimeProvider.System); // the same names, other keys
        using X509Certificate2 forged = forger.Host(Host);
        foreach (X509Certificate2 anchor in (X509Certificate2[])[_pki.Authority, _pki.Root])
        {
            TlsFailureKind?[] kinds =
            [
                Judge(forged, Record(2, 0, 1, anchor), _pki.Authority, _pki.Root)?.Kind,
                Judge(forged, Record(2, 0, 1, anchor), forger.Authority, forger.Root, _pki.Authority, _pki.Root)?.Kind,
                Judge(forged, Record(2, 0, 0, anchor), forger.Authority)?.Kind,
            ];
            Assert.All(kinds, kind => Assert.Equal(TlsFailureKind.CertificateNotTrusted, kind));
        }
    }

    [Fact]
    public async Task Host_s_own_certificate_is_no_trust_anchor()
    {
        using X509Certificate2 own = _pki.SelfSigned(Host);
        Assert.Equal(TlsFailureKind.ValidationFailure, (await HandshakeAsync(own, [Record(2, 0, 1, own)], []))?.Kind);
    }

    [Fact]
    public void Certificate_that_is_no_authority_issues_nothing()
    {
        using X509Certificate2 host = _pki.Host("evil.example.test");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.Create(
            host.SubjectName, X509SignatureGenerator.CreateForECDsa(host.GetECDsaPrivateKey()!), new DateTimeOffset(host.NotBefore), new DateTimeOffset(host.NotAfter), [1, 2, 3]);
        using X509Certificate2 withKey = made.CopyWithPrivateKey(key);
        using X509Certificate2 shown = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
        Assert.Equal(
            TlsFailureKind.CertificateNotTrusted, Judge(shown, Record(2, 0, 1, _pki.Authority), host, _pki.Authority, _pki.Root)?.Kind);
    }

    private static CertificateAssociation Record(byte usage, byte selector, byte matching, X509Certificate2 certificate)
    {
        byte[] selected = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new(usage, selector, matching, [.. matching switch { 0 => selected, 1 => SHA256.HashData(selected), _ => SHA512.HashData(selected) }]);
    }

    // SslStream sends no roots and nothing beside the chain; other servers do.
    private static TlsFailure? Judge(X509Certificate2 shown, CertificateAssociation record, params X509Certificate2[] sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        return new DaneCheck([record], [Host], TimeProvider.System).Judge(shown, chain, SslPolicyErrors.RemoteCertificateChainErrors);
    }

    private Task<TlsFailure?> HandshakeAsync(X509Certificate2 shown, params CertificateAssociation[] records) =>
        HandshakeAsync(shown, records, [_pki.Authority, _pki.Root]);

    private static async Task<TlsFailure?> HandshakeAsync(X509Certificate2 shown, CertificateAssociation[] records, X509Certificate2Collection sent)
    {
        var check = new DaneCheck([.. records], [Host, "example.test"], TimeProvider.System);
        var handshake = new ClientHandshake(new HostTlsPolicy { Requirement = TlsRequirement.Verified, Check = check.Judge }, Host, null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await using var server = new SslStream(accepted.GetStream());
        await using var stream = new SslStream(client.GetStream());
        var options = new SslServerAuthenticationOptions
        {
            // As it is: nothing of the chain is left out because it is a root, or not found.
            ServerCertificateContext = SslStreamCertificateContext.Create(shown, sent, offline: true, trust: SslCertificateTrust.CreateForX509Collection(sent)),
        };
        Task serving = server.AuthenticateAsServerAsync(options);
        try
        {
            await stream.AuthenticateAsClientAsync(handshake.Options);
            await serving;
        }
        catch (AuthenticationException)
        {
            Assert.NotNull(handshake.Failure);
        }

        Assert.Equal(handshake.Failure is null, handshake.IsVerified);
        return handshake.Failure;
    }
}
