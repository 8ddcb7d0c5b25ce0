using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Dns;
using PluginMail.Queue;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>A message on its way to a host whose certificate stands in a signed zone.</summary>
public sealed class DaneDeliveryTests
{
    [SkippableTheory]
    [InlineData("3 1 1", true, "TLSv1.3 verified (DANE)")]
    [InlineData("2 0 0", true, "TLSv1.3 verified (DANE)")]
    [InlineData("3 1 1 wrong", false, null)]
    [InlineData("1 1 1", true, "TLSv1.3 unverified")] // cannot be used: any certificate will do
    [InlineData("", true, "TLSv1.3 unverified")]
    public async Task Host_is_believed_as_its_records_say(string record, bool isSent, string? tls)
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd, unbound or ldnsutils is not installed");
        using var pki = new TestPki(TimeProvider.System);
        using X509Certificate2 certificate = pki.Host("mx.example.org");
        await using var peer = new ScriptedPeer { Certificate = certificate };
        string data = record switch
        {
            "" => "",
            "2 0 0" => $"_{peer.Port}._tcp.mx TLSA 2 0 0 {Convert.ToHexString(pki.Authority.RawData)}\n",
            _ => $"_{peer.Port}._tcp.mx TLSA {record[..5]} {Digest(record.EndsWith("wrong", StringComparison.Ordinal) ? pki.Root : certificate)}\n",
        };
        await using RealDns dns = await RealDns.StartAsync("example.org", $"@ MX 10 mx\nmx A 127.0.0.1\n{data}", ZoneSigning.Valid);
        using var resolver = new StubResolver(() => new ResolverOptions { Servers = [dns.EndPoint] }, TimeProvider.System, NullLogger.Instance);
        var policies = new OutboundTlsPolicies(resolver, new MemoryPolicyCache(), null, TimeProvider.System, NullLogger.Instance);
        var options = new SmtpClientOptions("client.example") { Port = peer.Port };
        await using var transport = new SmtpTransport(resolver, policies, () => options, TimeProvider.System, NullLogger.Instance);

        OutboundOutcome outcome = (await transport.SendAsync(SendingBench.Message(SendingBench.Text), default))[0];
        Assert.Equal((isSent, tls), (outcome.Reply.IsPositive, outcome.Tls));
        Assert.Equal(isSent ? 1 : 0, peer.Messages.Count);
        Assert.True(isSent || outcome.Reply.IsTransient);
    }

    private static string Digest(X509Certificate2 certificate) =>
        Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
