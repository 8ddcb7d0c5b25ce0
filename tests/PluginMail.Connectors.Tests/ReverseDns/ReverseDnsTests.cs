using System.Net;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.ReverseDns;

/// <summary>Names and addresses in real DNS.</summary>
public sealed class NameZones : IAsyncLifetime
{
    private RealDns? _dns;

    internal IPEndPoint EndPoint => _dns!.EndPoint;

    public async Task InitializeAsync()
    {
        if (!RealDns.IsInstalled)
        {
            return;
        }

        _dns = await RealDns.StartAsync(
            new DnsZone("names.test", """
                mail A 192.0.2.1
                mail AAAA 2001:db8::1
                wrong A 192.0.2.99
                mx-only MX 10 mail
                text TXT "nothing else"
                dsl-192-0-2-4.pool A 192.0.2.4
                web A 192.0.2.50
                """),
            new DnsZone("2.0.192.in-addr.arpa", """
                1 PTR mail.names.test.
                2 PTR wrong.names.test.
                3 PTR nowhere.names.test.
                4 PTR dsl-192-0-2-4.pool.names.test.
                5 PTR wrong.names.test.
                5 PTR fails.broken.test.
                6 PTR not_a_name.
                """),
            new DnsZone("0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR mail.names.test."),
            new DnsZone("broken.test", "fails A 192.0.2.5", ZoneSigning.Expired),
            new DnsZone("113.0.203.in-addr.arpa", "1 PTR mail.names.test.", ZoneSigning.Expired));
    }

    public async Task DisposeAsync()
    {
        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }
    }
}

/// <summary>The ReverseDns plugin, loaded as the server loads it, with a real DNS server.</summary>
public sealed class ReverseDnsTests(NameZones zones) : IClassFixture<NameZones>
{
    private const string Good = "mail.names.test";

    [SkippableTheory]
    [InlineData("192.0.2.1", "")]
    [InlineData("::ffff:192.0.2.1", "")]
    [InlineData("2001:db8::1", "")]
    [InlineData("192.0.2.9", "RDNS_NONE")]
    [InlineData("192.0.2.6", "RDNS_NONE")]
    [InlineData("2001:db8::9", "RDNS_NONE")]
    [InlineData("192.0.2.2", "RDNS_UNCONFIRMED")]
    [InlineData("192.0.2.3", "RDNS_UNCONFIRMED")]
    [InlineData("192.0.2.4", "RDNS_GENERIC")]
    [InlineData("192.0.2.5", "")] // one of its names cannot be looked up: it may lead back
    [InlineData("203.0.113.1", "")] // nor this address
    public async Task The_clients_name_must_lead_back(string client, string reason)
    {
        await using var bench = await StartAsync("");
        Assert.Equal(reason, Reasons(await AskAsync(bench, client, Good)));
    }

    [SkippableTheory]
    [InlineData("mail.names.test", "")]
    [InlineData("MAIL.names.test.", "")]
    [InlineData("mx-only.names.test", "")]
    [InlineData("web.names.test", "")] // another host's name is no fault by default
    [InlineData("[192.0.2.1]", "")]
    [InlineData("text.names.test", "HELO_UNRESOLVABLE")]
    [InlineData("nowhere.names.test", "HELO_UNRESOLVABLE")]
    [InlineData("fails.broken.test", "")]
    [InlineData("192.0.2.1", "HELO_ADDRESS")]
    [InlineData("2001:db8::1", "HELO_ADDRESS")]
    [InlineData("[192.0.2.2]", "HELO_LITERAL")]
    [InlineData("[IPv6:2001:db8::1]", "HELO_LITERAL")]
    [InlineData("[192.0.2.1", "HELO_SYNTAX")]
    [InlineData("[1]", "HELO_SYNTAX")]
    [InlineData("[2001:db8::1]", "HELO_SYNTAX")]
    [InlineData("friend", "HELO_SYNTAX")]
    [InlineData("a..names.test", "HELO_SYNTAX")]
    [InlineData("a b.names.test", "HELO_SYNTAX")]
    [InlineData("host.1", "HELO_SYNTAX")]
    [InlineData("x192-0-2-1.names.test", "HELO_GENERIC HELO_UNRESOLVABLE")]
    public async Task What_the_client_calls_itself_must_be_a_name_that_is_there_or_its_address(string hello, string reasons)
    {
        await using var bench = await StartAsync("");
        Assert.Equal(reasons, Reasons(await AskAsync(bench, "192.0.2.1", hello)));
    }

    [SkippableTheory]
    [InlineData("localhost")]
    [InlineData("localhost.localdomain")]
    [InlineData("MX.example.test")]
    [InlineData("a.b.own.test")]
    [InlineData("[198.51.100.1]")] // the address that the client is connected to
    public async Task Our_own_names_are_refused(string hello)
    {
        await using var bench = await StartAsync("own_names = [\"mx.example.test\", \".own.test\"]");
        var reply = Assert.IsType<Decision.Refuse>((await AskAsync(bench, "192.0.2.1", hello)).Decision).Reply;
        Assert.StartsWith($"550 5.7.1 <{hello}>: HELO name rejected", reply.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [SkippableTheory]
    [InlineData("", "mx.example.test", true)]
    [InlineData("own_names = [\"other.example.test\"]", "mx.example.test", false)]
    [InlineData("own_names = []", "mx.example.test", false)]
    [InlineData("", "other.example.test", false)]
    public async Task The_servers_name_is_its_own_where_none_is_named(string settings, string hello, bool isOwn)
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using var bench = await ListBench.StartAsync("reversedns", settings, zones.EndPoint, hostname: "MX.example.test");
        Assert.Equal(isOwn, (await AskAsync(bench, "192.0.2.1", hello)).Decision is Decision.Refuse);
    }

    [SkippableTheory]
    [InlineData("no_name = \"refuse\"", "192.0.2.9", "550 5.7.25 ")]
    [InlineData("no_name = \"defer\"", "192.0.2.9", "450 4.7.25 ")]
    [InlineData("unconfirmed = \"refuse\"", "192.0.2.2", "550 5.7.25 ")]
    [InlineData("generic_name = \"refuse\"", "192.0.2.4", "550 5.7.1 ")]
    [InlineData("unconfirmed = \"defer\"\nhelo_unconfirmed = \"refuse\"", "192.0.2.2", "550 5.7.1 <mail.names.test>")] // a refusal goes first
    [InlineData("unconfirmed = \"refuse\"\non_dns_failure = \"defer\"", "192.0.2.5", "451 4.4.3 ")]
    [InlineData("no_name = \"refuse\"\non_dns_failure = \"defer\"", "203.0.113.1", "451 4.4.3 ")]
    public async Task A_check_can_refuse_or_defer(string settings, string client, string reply)
    {
        await using var bench = await StartAsync(settings);
        var decision = (await AskAsync(bench, client, Good)).Decision;
        Assert.StartsWith(reply, (decision as Decision.Refuse)?.Reply.ToString() ?? ((Decision.Defer)decision).Reply.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Checks_that_are_off_find_nothing()
    {
        await using var bench = await StartAsync(
            "no_name = \"off\"\nunconfirmed = \"off\"\ngeneric_name = \"off\"\nhelo_unresolvable = \"off\"\nhelo_generic = \"off\"");
        Assert.Same(Verdict.Pass, await AskAsync(bench, "192.0.2.9", "nowhere.names.test"));
        Assert.Same(Verdict.Pass, await AskAsync(bench, "192.0.2.2", "nowhere.names.test"));
    }

    [Fact]
    public async Task Without_DNS_nobody_is_refused_and_nobody_gets_points()
    {
        const string All = "no_name = \"refuse\"\nunconfirmed = \"refuse\"\nhelo_unresolvable = \"refuse\"\nhelo_unconfirmed = \"refuse\"\n";
        await using var passing = await ListBench.StartAsync("reversedns", All);
        Assert.Same(Verdict.Pass, await AskAsync(passing, "192.0.2.9", Good));
        await using var deferring = await ListBench.StartAsync("reversedns", All + "on_dns_failure = \"defer\"");
        Assert.IsType<Decision.Defer>((await AskAsync(deferring, "192.0.2.9", Good)).Decision);
    }

    [Theory]
    [InlineData("127.0.0.1", "smtp", Direction.Incoming)]
    [InlineData("fd00::1", "smtp", Direction.Incoming)]
    [InlineData("192.0.2.9", "lmtp", Direction.Incoming)]
    [InlineData("192.0.2.9", "smtp", Direction.Outgoing)]
    public async Task Who_is_no_stranger_is_not_checked(string address, string protocol, Direction direction)
    {
        await using var bench = await ListBench.StartAsync("reversedns", "helo_syntax = \"refuse\"");
        var session = new FakeSession
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1), Protocol = protocol, Direction = direction, HelloName = "x",
        };
        Assert.Same(Verdict.Pass, await bench.AskAsync(SessionStages.Sender, session));
    }

    [Theory]
    [InlineData("", "198.51.100.1", true)] // the address that it is connected to: a program on this host
    [InlineData("", "::ffff:198.51.100.1", true)]
    [InlineData("", "198.51.100.2", false)]
    [InlineData("exempt = [\"this_host\"]", "198.51.100.1", true)]
    [InlineData("exempt = [\"127.0.0.0/8\"]", "198.51.100.1", false)]
    public async Task This_hosts_own_mail_may_bear_its_name(string settings, string client, bool isExempt)
    {
        await using var bench = await ListBench.StartAsync("reversedns", settings, hostname: "mail.example.test");
        Assert.Equal(isExempt, (await AskAsync(bench, client, "mail.example.test")).Decision is Decision.Pass);
    }

    [SkippableTheory]
    [InlineData("192.0.2.4", "dsl-192-0-2-4.example.net", true)]
    [InlineData("192.0.2.4", "4.2.0.192.dyn.example.net", true)]
    [InlineData("192.0.2.4", "x-0-2-4.example.net", true)]
    [InlineData("10.20.30.40", "host-30-40.example.net", true)]
    [InlineData("10.20.30.40", "40.30.pool.example.net", true)]
    [InlineData("10.20.30.40", "0a141e28.example.net", true)]
    [InlineData("10.20.30.40", "ip010020030040.example.net", true)]
    [InlineData("54.240.8.31", "a8-31.smtp-out.amazonses.com", false)]
    [InlineData("209.85.220.41", "mail-sor-f41.google.com", false)]
    [InlineData("10.20.30.40", "mx40.example.net", false)]
    [InlineData("10.20.30.40", "pool.example.net", false)]
    [InlineData("2001:db8::aaaa:bbbb:cccc:dddd", "aaaa-bbbb-cccc-dddd.v6.example.net", true)]
    [InlineData("2001:db8::1", "mx1.example.net", false)]
    public async Task Names_made_of_the_address_are_seen(string client, string hello, bool isGeneric)
    {
        await using var bench = await StartAsync("exempt = []\nno_name = \"off\"\ngeneric_name = \"off\"\nhelo_unresolvable = \"off\"");
        Assert.Equal(isGeneric ? "HELO_GENERIC" : "", Reasons(await AskAsync(bench, client, hello)));
    }

    [Theory]
    [InlineData("no_name = \"reject\"", "no_name")]
    [InlineData("no_name = \"score\"", "no_name")]
    [InlineData("no_name = \"score x\"", "no_name")]
    [InlineData("own_names = [\"mail\"]", "own_names")]
    [InlineData("exempt = [\"localhost\"]", "exempt")]
    [InlineData("on_dns_failure = \"refuse\"", "on_dns_failure")]
    [InlineData("noname = \"off\"", "noname")]
    public async Task A_wrong_table_is_told(string table, string told) =>
        Assert.Contains(await ListBench.ErrorsAsync("reversedns", table), error => error.Contains(told, StringComparison.Ordinal));

    private static string Reasons(Verdict verdict)
    {
        Assert.IsType<Decision.Pass>(verdict.Decision);
        return string.Join(' ', verdict.Effects.OfType<Effect.Score>().Select(score => score.Reason));
    }

    private static Task<Verdict> AskAsync(ListBench bench, string client, string hello) =>
        bench.AskAsync(SessionStages.Sender, ListBench.Stranger(client, hello), "a@example.org");

    private async Task<ListBench> StartAsync(string table)
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        return await ListBench.StartAsync("reversedns", table, zones.EndPoint);
    }
}
