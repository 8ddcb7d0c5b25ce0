using System.Net;
using System.Text;

namespace PluginMail.Dns.Tests;

/// <summary>Against nsd and unbound: what real servers send.</summary>
public sealed class RealDnsTests(RealDnsFixture fixture) : IClassFixture<RealDnsFixture>
{
    [SkippableTheory]
    [InlineData("signed.test", DnsRecordType.MX, "10 mx1.signed.test|20 mx2.signed.test")]
    [InlineData("SIGNED.test.", DnsRecordType.TXT, "v=spf1 -all")]
    [InlineData("mx1.signed.test", DnsRecordType.A, "192.0.2.1|192.0.2.2")]
    [InlineData("mx1.signed.test", DnsRecordType.AAAA, "2001:db8::1")]
    [InlineData("_imaps._tcp.signed.test", DnsRecordType.SRV, "0 5 993 mx1.signed.test")]
    [InlineData("alias.signed.test", DnsRecordType.CNAME, "mx1.signed.test")]
    [InlineData("alias.signed.test", DnsRecordType.A, "192.0.2.1|192.0.2.2")]
    [InlineData("_25._tcp.mx1.signed.test", DnsRecordType.TLSA, "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task Signed_zone_gives_records_that_the_resolver_vouches_for(string name, DnsRecordType type, string expected)
    {
        DnsAnswer answer = await AskAsync(name, type);
        Assert.Equal(DnsStatus.Found, answer.Status);
        Assert.Equal(expected.Split('|'), answer.Records.Order(StringComparer.Ordinal));
        Assert.True(answer.IsAuthenticated);
        Assert.InRange(answer.TimeToLive, TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(300));
    }

    [SkippableTheory]
    [InlineData("a1.unsigned.test", DnsRecordType.A, "198.51.100.7")]
    [InlineData("unsigned.test", DnsRecordType.MX, "0 .")]
    [InlineData("www.signed.test", DnsRecordType.A, "198.51.100.7")] // its alias leaves the signed zone
    [InlineData("1.2.0.192.in-addr.arpa", DnsRecordType.PTR, "mx1.signed.test")]
    public async Task Unsigned_zone_gives_records_without_proof(string name, DnsRecordType type, string expected)
    {
        DnsAnswer answer = await AskAsync(name, type);
        Assert.Equal(expected, Assert.Single(answer.Records));
        Assert.False(answer.IsAuthenticated);
    }

    [SkippableFact]
    public async Task Text_is_its_octets()
    {
        DnsAnswer answer = await AskAsync("octets.signed.test", DnsRecordType.TXT);
        Assert.Equal("café \"q\" \\ ;", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Assert.Single(answer.Records))));
    }

    [SkippableFact]
    public async Task Text_that_fits_no_datagram_comes_over_TCP()
    {
        DnsAnswer answer = await AskAsync("key._domainkey.signed.test", DnsRecordType.TXT);
        string text = Assert.Single(answer.Records);
        Assert.Equal(RealDnsFixture.LongText.Length + (20 * 250), text.Length);
        Assert.EndsWith(new string('t', 250), text, StringComparison.Ordinal);
        Assert.True(answer.IsAuthenticated);
    }

    [SkippableTheory]
    [InlineData("nowhere.signed.test", DnsRecordType.A, DnsStatus.NameError, true)]
    [InlineData("mx1.signed.test", DnsRecordType.TLSA, DnsStatus.NoData, true)]
    [InlineData("nowhere.unsigned.test", DnsRecordType.A, DnsStatus.NameError, false)]
    [InlineData("web.unsigned.test", DnsRecordType.MX, DnsStatus.NoData, false)]
    public async Task Absence_is_remembered_for_the_SOA_minimum(string name, DnsRecordType type, DnsStatus status, bool isAuthenticated)
    {
        DnsAnswer answer = await AskAsync(name, type);
        Assert.Equal((status, isAuthenticated, true), (answer.Status, answer.IsAuthenticated, answer.Records.IsEmpty));
        Assert.InRange(answer.TimeToLive, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }

    [SkippableTheory]
    [InlineData("bogus.test", DnsRecordType.MX)] // signatures that have run out
    [InlineData("loop1.unsigned.test", DnsRecordType.A)]
    public async Task What_the_resolver_cannot_give_is_a_failure(string name, DnsRecordType type) =>
        Assert.Equal(DnsStatus.Failure, (await AskAsync(name, type)).Status);

    [SkippableFact]
    public async Task Typed_records_come_out_of_answers()
    {
        Assert.Equal(
            new MailExchanger[] { new(10, "mx1.signed.test"), new(20, "mx2.signed.test") },
            MailExchanger.ReadAll(await AskAsync("signed.test", DnsRecordType.MX)));
        Assert.True(Assert.Single(MailExchanger.ReadAll(await AskAsync("unsigned.test", DnsRecordType.MX))).IsNull);
        Assert.Equal(
            new ServiceLocation(0, 5, 993, "mx1.signed.test"),
            Assert.Single(ServiceLocation.ReadAll(await AskAsync("_imaps._tcp.signed.test", DnsRecordType.SRV))));
        CertificateAssociation tlsa = Assert.Single(CertificateAssociation.ReadAll(await AskAsync("_25._tcp.mx1.signed.test", DnsRecordType.TLSA)));
        Assert.Equal((3, 1, 1, 32, 0x23), (tlsa.Usage, tlsa.Selector, tlsa.MatchingType, tlsa.Data.Length, tlsa.Data[1]));
        string reverse = ReverseName.Of(IPAddress.Parse("::ffff:192.0.2.1"));
        Assert.Equal("mx1.signed.test", Assert.Single((await AskAsync(reverse, DnsRecordType.PTR)).Records));
    }

    [SkippableFact]
    public async Task Resolver_that_falls_silent_goes_away_and_comes_back()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd, unbound or ldnsutils is not installed");
        await using RealDns dns = await RealDns.StartAsync("example.test", "a A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\nd A 192.0.2.4\n");
        var options = new ResolverOptions { TryTime = TimeSpan.FromMilliseconds(150), Attempts = 2 };
        using StubResolver resolver = RealDnsFixture.Resolver(dns, options: options);
        Assert.Equal(DnsStatus.Found, (await resolver.QueryAsync("a.example.test", DnsRecordType.A, default)).Status);

        await dns.PauseResolverAsync();
        Assert.Equal(DnsStatus.Failure, (await resolver.QueryAsync("b.example.test", DnsRecordType.A, default)).Status);
        Assert.Equal(DnsStatus.Found, (await resolver.QueryAsync("a.example.test", DnsRecordType.A, default)).Status);
        await dns.ResumeResolverAsync();
        using StubResolver patient = RealDnsFixture.Resolver(dns);
        Assert.Equal("192.0.2.3", Assert.Single((await patient.QueryAsync("c.example.test", DnsRecordType.A, default)).Records));

        await dns.StopResolverAsync();
        Assert.Equal(DnsStatus.Failure, (await resolver.QueryAsync("d.example.test", DnsRecordType.A, default)).Status);
    }

    [SkippableFact]
    public async Task Server_that_does_not_recurse_has_no_answer_for_zones_elsewhere()
    {
        Skip.If(fixture.Dns is null, "nsd, unbound or ldnsutils is not installed");
        using var resolver = new StubResolver(
            () => new ResolverOptions { Servers = [fixture.Dns.Authority] }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.Equal(DnsStatus.Failure, (await resolver.QueryAsync("elsewhere.test", DnsRecordType.A, default)).Status);
        Assert.False((await resolver.QueryAsync("signed.test", DnsRecordType.MX, default)).IsAuthenticated);
    }

    private async Task<DnsAnswer> AskAsync(string name, DnsRecordType type)
    {
        Skip.If(fixture.Dns is null, "nsd, unbound or ldnsutils is not installed");
        using StubResolver resolver = RealDnsFixture.Resolver(fixture.Dns);
        return await resolver.QueryAsync(name, type, default);
    }
}
