using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>MTA-STS with a real HTTPS server, found through a resolver that a test sets.</summary>
public sealed class StsTests : IAsyncLifetime
{
    private const string Policy = "version: STSv1\nmode: enforce\nmx: mx.example.test\nmax_age: 604800\n";
    private static readonly MailHost Host = new("example.test", "mx.example.test", 25, IsMxAuthenticated: false, IsAddressAuthenticated: false);
    private readonly FakeTime _clock = new();
    private readonly FixedDns _dns = new();
    private readonly MemoryPolicyCache _cache = new();
    private TestPki _pki = null!;
    private HttpsServer _server = null!;

    public Task InitializeAsync()
    {
        _pki = new TestPki(TimeProvider.System);
        _server = new HttpsServer(_pki.Host("mta-sts.example.test")) { Body = Policy };
        _dns.Set("_mta-sts.example.test", DnsRecordType.TXT, "v=STSv1; id=1;").Set("mta-sts.example.test", DnsRecordType.A, "127.0.0.1");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _pki.Dispose();
    }

    [Fact]
    public async Task Policy_is_fetched_once_and_again_under_a_new_id_and_after_a_day()
    {
        OutboundTlsPolicies policies = Policies();
        HostTlsPolicy[] found = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => policies.FindAsync(Host, default).AsTask()));
        Assert.All(found, policy => Assert.Equal((TlsRequirement.Verified, "MTA-STS"), (policy.Requirement, policy.Name)));
        HttpRequest request = Assert.Single(_server.Requests);
        Assert.Equal(("GET /.well-known/mta-sts.txt HTTP/1.1", "mta-sts.example.test"), (request.Line, request.Host));

        _clock.Advance(TimeSpan.FromHours(23));
        await policies.FindAsync(Host, default);
        Assert.Single(_server.Requests);
        _clock.Advance(TimeSpan.FromHours(1));
        await policies.FindAsync(Host, default);
        Assert.Equal(2, _server.Requests.Count);

        _dns.Set("_mta-sts.example.test", DnsRecordType.TXT, "v=STSv1; id=2;");
        _server.Body = Policy.Replace("enforce", "none");
        Assert.Same(HostTlsPolicy.Opportunistic, await policies.FindAsync(Host, default));
        await policies.FindAsync(Host, default);
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Policy_holds_until_it_runs_out_although_nothing_is_announced_or_served_any_more()
    {
        OutboundTlsPolicies policies = Policies();
        await policies.FindAsync(Host, default);
        _server.Status = "404 Not Found";
        _dns.Set("_mta-sts.example.test", DnsRecordType.TXT, "v=STSv1; id=2;");
        Assert.Equal(TlsRequirement.Verified, (await policies.FindAsync(Host, default)).Requirement);
        _dns.Set("_mta-sts.example.test", DnsRecordType.TXT);
        _clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(TlsRequirement.Verified, (await policies.FindAsync(Host, default)).Requirement);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Same(HostTlsPolicy.Opportunistic, await policies.FindAsync(Host, default));
    }

    [Theory]
    [InlineData("301 Moved Permanently", "Location: /elsewhere\r\nContent-Type: text/plain\r\n", Policy)]
    [InlineData("404 Not Found", "Content-Type: text/plain\r\n", Policy)]
    [InlineData("200 OK", "Content-Type: text/html\r\n", Policy)]
    [InlineData("200 OK", "", Policy)]
    [InlineData("200 OK", "Content-Type: text/plain\r\n", "no policy")]
    public async Task What_is_not_served_as_it_must_be_counts_as_none_and_is_left_alone_for_five_minutes(string status, string headers, string body)
    {
        (_server.Status, _server.Headers, _server.Body) = (status, headers, body);
        OutboundTlsPolicies policies = Policies();
        Assert.Same(HostTlsPolicy.Opportunistic, await policies.FindAsync(Host, default));
        await policies.FindAsync(Host, default);
        Assert.Single(_server.Requests);
        _clock.Advance(TimeSpan.FromMinutes(5));
        (_server.Status, _server.Headers, _server.Body) = ("200 OK", "Content-Type: TEXT/plain\r\n", Policy);
        Assert.Equal(TlsRequirement.Verified, (await policies.FindAsync(Host, default)).Requirement);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Policy_has_64_KiB_at_most(int more, bool isTaken)
    {
        _server.Body = Policy + new string('#', (64 << 10) - Policy.Length + more);
        Assert.Equal(isTaken, (await Policies().FindAsync(Host, default)).Requirement == TlsRequirement.Verified);
    }

    [Fact]
    public async Task Server_must_prove_its_name_to_a_trusted_authority()
    {
        _dns.Set("_mta-sts.other.test", DnsRecordType.TXT, "v=STSv1; id=1;").Set("mta-sts.other.test", DnsRecordType.A, "127.0.0.1");
        _server.Body = Policy.Replace("example", "other");
        Assert.Same(HostTlsPolicy.Opportunistic, await Policies().FindAsync(Host with { Domain = "other.test", Host = "mx.other.test" }, default));
        using HttpMessageInvoker distrustful = StsPolicyFetcher.CreateClient(_dns, [], _server.Port);
        (StsPolicy? policy, TlsFailure? failure) = await new StsPolicyFetcher(distrustful, _clock).FetchAsync("example.test", default);
        Assert.Equal((null, TlsFailureKind.StsWebPkiInvalid), (policy, failure?.Kind));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Host_that_the_policy_does_not_have_is_not_used()
    {
        HostTlsPolicy policy = await Policies().FindAsync(Host with { Host = "evil.example.test" }, default);
        Assert.Equal("451 4.7.5 evil.example.test is not in the MTA-STS policy of example.test", policy.Refusal?.ToString());
    }

    [Theory]
    [InlineData("mx.example.test", null)]
    [InlineData("evil.example.test", TlsFailureKind.ValidationFailure)]
    public async Task Policy_that_is_tested_refuses_nothing_and_tells(string host, TlsFailureKind? expected)
    {
        _server.Body = Policy.Replace("enforce", "testing");
        HostTlsPolicy policy = await Policies().FindAsync(Host with { Host = host }, default);
        Assert.Equal((TlsRequirement.Opportunistic, null), (policy.Requirement, policy.Refusal));
        Assert.Equal(expected, policy.Check!(_pki.Root, null, System.Net.Security.SslPolicyErrors.None)?.Kind);
    }

    [Fact]
    public async Task Policies_in_the_state_outlast_the_process()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync(_clock);
        IStateStore state = store.Store.State.For("tls");
        await Policies(new StatePolicyCache(state, _clock)).FindAsync(Host, default);
        HostTlsPolicy policy = await Policies(new StatePolicyCache(state, _clock)).FindAsync(Host, default);
        Assert.Equal((TlsRequirement.Verified, 1), (policy.Requirement, _server.Requests.Count));
        Assert.Equal(Policy.Trim().Split('\n').Order(), policy.Reported!.Strings.Order());
    }

    [Fact]
    public async Task Servers_on_one_state_learn_of_each_other_s_policies_within_a_minute()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync(_clock);
        var one = new StatePolicyCache(store.Store.State.For("tls"), _clock);
        var two = new StatePolicyCache(store.Store.State.For("tls"), _clock);
        Assert.Null(await two.FindAsync("example.test", default));
        await one.StoreAsync("example.test", new CachedPolicy("1", _clock.GetUtcNow(), StsPolicy.Parse(Policy)!), default);
        Assert.Null(await two.FindAsync("example.test", default));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("1", (await two.FindAsync("example.test", default))?.Id);
    }

    [Fact]
    public async Task Address_literal_has_no_policy_and_is_not_asked_for() =>
        Assert.Same(HostTlsPolicy.Opportunistic, await Policies().FindAsync(Host with { Domain = "[192.0.2.1]", Host = "192.0.2.1" }, default));

    private OutboundTlsPolicies Policies(IPolicyCache? cache = null)
    {
        X509Certificate2Collection roots = [_pki.Root, _pki.Authority];
        return new(_dns, cache ?? _cache, StsPolicyFetcher.CreateClient(_dns, roots, _server.Port), null, _clock, NullLogger.Instance);
    }
}
