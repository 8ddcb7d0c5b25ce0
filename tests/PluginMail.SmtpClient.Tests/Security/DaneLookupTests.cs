using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Dns;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>TLSA records in really signed zones, behind a validating resolver.</summary>
public sealed class DaneLookupTests(DaneZones zones) : IClassFixture<DaneZones>
{
    [SkippableTheory]
    [InlineData("mx1.signed.test", "mx1.signed.test", "3 1 1|2 0 2")]
    [InlineData("mx2.signed.test", "mx2.signed.test", "3 1 2")] // the stronger digest alone
    [InlineData("odd.signed.test", "odd.signed.test", "")] // none can be used
    [InlineData("alias.signed.test", "mx1.signed.test", "3 1 1|2 0 2")]
    [InlineData("away.signed.test", "away.signed.test", "3 1 1")] // leads out of the signed zone, and has records itself
    public async Task Proven_records_are_found(string host, string baseDomain, string records)
    {
        var found = Assert.IsType<DaneFinding.Found>(await FindAsync(host));
        Assert.Equal(baseDomain, found.BaseDomain);
        Assert.Equal(records, string.Join('|', found.Records.Select(record => $"{record.Usage} {record.Selector} {record.MatchingType}").OrderDescending()));
        Assert.NotEmpty(found.Texts);
    }

    [SkippableTheory]
    [InlineData("plain.signed.test")] // no records, proven
    [InlineData("mx.unsigned.test")] // records without proof
    public async Task Host_without_proven_records_does_not_use_DANE(string host) => Assert.IsType<DaneFinding.None>(await FindAsync(host));

    [SkippableFact]
    public async Task Records_count_only_where_the_MX_records_are_proven_too() =>
        Assert.IsType<DaneFinding.None>(await FindAsync("mx1.signed.test", isMxAuthenticated: false));

    [SkippableFact]
    public async Task Host_whose_records_cannot_be_looked_up_is_not_used()
    {
        Assert.IsType<DaneFinding.Uncertain>(await FindAsync("mx.bogus.test"));
        using StubResolver resolver = zones.Resolver();
        var policies = new OutboundTlsPolicies(resolver, new MemoryPolicyCache(), null, TimeProvider.System, NullLogger.Instance);
        HostTlsPolicy policy = await policies.FindAsync(new MailHost("signed.test", "mx.bogus.test", 25, true, true), default);
        Assert.Equal("451 4.7.5", $"{policy.Refusal?.Code} {policy.Refusal?.Status}");
    }

    [SkippableTheory]
    [InlineData("mx1.signed.test", TlsRequirement.Verified)]
    [InlineData("odd.signed.test", TlsRequirement.Encrypted)]
    [InlineData("plain.signed.test", TlsRequirement.Opportunistic)]
    public async Task Policy_demands_what_the_records_allow(string host, TlsRequirement requirement)
    {
        using StubResolver resolver = zones.Resolver();
        var policies = new OutboundTlsPolicies(resolver, new MemoryPolicyCache(), null, TimeProvider.System, NullLogger.Instance);
        HostTlsPolicy policy = await policies.FindAsync(await HostAsync(resolver, host), default);
        Assert.Equal((requirement, requirement == TlsRequirement.Verified, null), (policy.Requirement, policy.Check is not null, policy.Refusal));
        Assert.Equal(requirement == TlsRequirement.Opportunistic ? null : host, policy.ServerName);
    }

    private async Task<DaneFinding> FindAsync(string host, bool isMxAuthenticated = true)
    {
        using StubResolver resolver = zones.Resolver();
        return await new DaneLookup(resolver).FindAsync(await HostAsync(resolver, host) with { IsMxAuthenticated = isMxAuthenticated }, default);
    }

    private static async Task<MailHost> HostAsync(StubResolver resolver, string host)
    {
        DnsAnswer address = await resolver.QueryAsync(host, DnsRecordType.A, default);
        return new MailHost("signed.test", host, 25, IsMxAuthenticated: true, address.IsAuthenticated);
    }
}

/// <summary>The zones.</summary>
public sealed class DaneZones : IAsyncLifetime
{
    private RealDns? _dns;

    public async Task InitializeAsync()
    {
        if (RealDns.IsInstalled)
        {
            string sha256 = new('a', 64);
            string sha512 = new('b', 128);
            _dns = await RealDns.StartAsync(
                new DnsZone("signed.test", $"""
                    @ MX 10 mx1
                    mx1 A 192.0.2.1
                    _25._tcp.mx1 TLSA 3 1 1 {sha256}
                    _25._tcp.mx1 TLSA 2 0 2 {sha512}
                    _25._tcp.mx1 TLSA 1 1 1 {sha256}
                    mx2 A 192.0.2.2
                    _25._tcp.mx2 TLSA 3 1 1 {sha256}
                    _25._tcp.mx2 TLSA 3 1 2 {sha512}
                    odd A 192.0.2.3
                    _25._tcp.odd TLSA 0 0 1 {sha256}
                    _25._tcp.odd TLSA 3 1 1 aabb
                    _25._tcp.odd TLSA 3 2 1 {sha256}
                    _25._tcp.odd TLSA 3 1 3 {sha256}
                    plain A 192.0.2.4
                    alias CNAME mx1
                    away CNAME mx.unsigned.test.
                    _25._tcp.away TLSA 3 1 1 {sha256}
                    """, ZoneSigning.Valid),
                new DnsZone("unsigned.test", $"mx A 192.0.2.5\n_25._tcp.mx TLSA 3 1 1 {sha256}\n"),
                new DnsZone("bogus.test", $"mx A 192.0.2.6\n_25._tcp.mx TLSA 3 1 1 {sha256}\n", ZoneSigning.Expired));
        }
    }

    internal StubResolver Resolver()
    {
        Skip.If(_dns is null, "nsd, unbound or ldnsutils is not installed");
        return new StubResolver(() => new ResolverOptions { Servers = [_dns.EndPoint] }, TimeProvider.System, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }
    }
}
