using Microsoft.Extensions.Logging.Abstractions;

namespace PluginMail.Dns.Tests;

/// <summary>A signed, an unsigned and a badly signed zone behind a validating resolver.</summary>
public sealed class RealDnsFixture : IAsyncLifetime
{
    internal const string LongText = "v=DKIM1; k=rsa; p=";

    internal RealDns? Dns { get; private set; }

    /// <summary>A resolver with a cache of its own that asks this DNS.</summary>
    internal static StubResolver Resolver(RealDns dns, TimeProvider? clock = null, ResolverOptions? options = null) => new(
        () => (options ?? new ResolverOptions()) with { Servers = [dns.EndPoint] }, clock ?? TimeProvider.System, NullLogger.Instance);

    public async Task InitializeAsync()
    {
        if (!RealDns.IsInstalled)
        {
            return;
        }

        string chunks = string.Join(' ', Enumerable.Range(0, 20).Select(i => $"\"{new string((char)('a' + i), 250)}\""));
        Dns = await RealDns.StartAsync(
            new DnsZone("signed.test", $"""
                @ MX 20 mx2
                @ MX 10 mx1
                @ TXT "v=spf1 " "-all"
                mx1 A 192.0.2.1
                mx1 A 192.0.2.2
                mx1 AAAA 2001:db8::1
                mx2 A 192.0.2.3
                _25._tcp.mx1 TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
                www CNAME web.unsigned.test.
                alias CNAME mx1
                key._domainkey TXT "{LongText}" {chunks}
                _imaps._tcp SRV 0 5 993 mx1
                octets TXT "caf\195\169 \"q\" \\ ;"
                """, ZoneSigning.Valid),
            new DnsZone("unsigned.test", """
                @ MX 0 .
                web A 198.51.100.7
                a1 CNAME a2
                a2 CNAME a3
                a3 CNAME web
                loop1 CNAME loop2
                loop2 CNAME loop1
                """),
            new DnsZone("bogus.test", "@ MX 10 mx\nmx A 192.0.2.9\n", ZoneSigning.Expired),
            new DnsZone("2.0.192.in-addr.arpa", "1 PTR mx1.signed.test.\n"));
    }

    public async Task DisposeAsync()
    {
        if (Dns is not null)
        {
            await Dns.DisposeAsync();
        }
    }
}
