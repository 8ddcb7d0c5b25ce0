using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Dnsbl;

/// <summary>Lists in real DNS.</summary>
public sealed class ListZones : IAsyncLifetime
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
            new DnsZone("bl.test", """
                7.2.0.192 A 127.0.0.2
                7.2.0.192 TXT "Listed, see https://bl.test/?192.0.2.7\010\013\200 and so on"
                8.2.0.192 A 127.0.0.4
                8.2.0.192 A 127.0.0.10
                9.2.0.192 A 127.0.0.99
                10.2.0.192 A 203.0.113.1
                11.2.0.192 A 127.0.0.2
                11.2.0.192 A 127.255.255.254
                7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 A 127.0.0.2
                """),
            new DnsZone("wl.test", "7.2.0.192 A 127.0.9.2\n12.2.0.192 A 127.0.9.3"),
            new DnsZone("dom.test", """
                bad.example A 127.0.1.2
                shop.co.uk A 127.0.1.24
                whole.name.example A 127.0.1.2
                7.2.0.192 A 127.0.1.8
                """),
            new DnsZone("2.0.192.in-addr.arpa", "20 PTR mail.bad.example."));
    }

    public async Task DisposeAsync()
    {
        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }
    }
}

/// <summary>The Dnsbl plugin, loaded as the server loads it, with lists in a real DNS server.</summary>
public sealed class DnsblTests(ListZones zones) : IClassFixture<ListZones>
{
    private const string Coded = """
        [[plugins.dnsbl.lists]]
        zone = "bl.test"
        codes = [
          { code = "127.0.0.2", points = 3.0, meaning = "SBL" },
          { code = "127.0.0.[4..7]", points = 4, meaning = "XBL" },
          { code = "127.0.0.&8", points = 1.5, meaning = "pbl" },
        ]
        """;

    private const string Domains = """
        [[plugins.dnsbl.lists]]
        zone = "dom.test"
        asks = ["sender", "helo", "reverse_name"]
        points = 2
        """;

    [SkippableTheory]
    [InlineData("192.0.2.7", "DNSBL_BL_SBL", 3.0)]
    [InlineData("::ffff:192.0.2.7", "DNSBL_BL_SBL", 3.0)]
    [InlineData("2001:db8::7", "DNSBL_BL_SBL", 3.0)]
    [InlineData("192.0.2.8", "DNSBL_BL_XBL_PBL", 5.5)]
    public async Task A_listed_client_gets_the_points_of_the_codes(string client, string reason, double points)
    {
        await using var bench = await StartAsync(Coded);
        var verdict = await AskAsync(bench, client);
        Assert.IsType<Decision.Pass>(verdict.Decision);
        var score = Assert.IsType<Effect.Score>(Assert.Single(verdict.Effects));
        Assert.Equal(points, score.Points);
        Assert.Equal(Order(reason), Order(score.Reason));

        static string Order(string text) => string.Join('_', text.Split('_').Order(StringComparer.Ordinal));
    }

    [SkippableTheory]
    [InlineData("192.0.2.1")] // not there
    [InlineData("192.0.2.9")] // a code that no one named
    [InlineData("2001:db8::8")]
    public async Task A_client_that_is_not_listed_passes(string client)
    {
        await using var bench = await StartAsync(Coded);
        Assert.Same(Verdict.Pass, await AskAsync(bench, client));
    }

    [SkippableTheory]
    [InlineData("192.0.2.10", "203.0.113.1")]
    [InlineData("192.0.2.11", "127.255.255.254")]
    public async Task An_error_code_is_no_answer_and_warned_of_once_an_hour(string client, string answer)
    {
        var clock = new FakeTime();
        await using var bench = await StartAsync(Coded, clock);
        for (int i = 0; i < 3; i++)
        {
            Assert.Same(Verdict.Pass, await AskAsync(bench, client));
        }

        Assert.Equal(1, Warnings());
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Same(Verdict.Pass, await AskAsync(bench, client));
        Assert.Equal(2, Warnings());

        int Warnings() => bench.Plugins.Loggers.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains($"bl.test answered {answer}"));
    }

    [SkippableFact]
    public async Task The_sum_refuses_with_the_lists_own_text_cut_and_made_printable()
    {
        await using var bench = await StartAsync("refuse = 3.0\n" + Coded);
        var reply = Assert.IsType<Decision.Refuse>((await AskAsync(bench, "192.0.2.7")).Decision).Reply;
        Assert.Equal(
            "550 5.7.1 Client host [192.0.2.7] blocked using bl.test; Listed, see https://bl.test/?192.0.2.7??? and so on", reply.ToString());
    }

    [SkippableFact]
    public async Task A_list_without_text_is_named_as_the_settings_name_it()
    {
        await using var bench = await StartAsync("""
            [[plugins.dnsbl.lists]]
            zone = "bl.test"
            name = "The list"
            action = "refuse"
            text = false
            """);
        var reply = Assert.IsType<Decision.Refuse>((await AskAsync(bench, "192.0.2.9")).Decision).Reply;
        Assert.Equal("550 5.7.1 Client host [192.0.2.9] blocked using The list", reply.ToString());
    }

    [SkippableFact]
    public async Task Points_of_an_allow_list_count_against_the_others()
    {
        await using var bench = await StartAsync("refuse = 3.0\n" + Coded + """

            [[plugins.dnsbl.lists]]
            zone = "wl.test"
            codes = [{ code = "127.0.[0..255].2", points = -1 }]
            """);
        var verdict = await AskAsync(bench, "192.0.2.7");
        Assert.Equal((Effect[])[new Effect.Score(3, "DNSBL_BL_SBL"), new Effect.Score(-1, "DNSBL_WL")], verdict.Effects.ToArray());
    }

    [SkippableFact]
    public async Task An_allow_list_can_spare_a_client_everything()
    {
        await using var bench = await StartAsync("""
            bypass = ["greylist"]
            [[plugins.dnsbl.lists]]
            zone = "bl.test"
            action = "refuse"
            [[plugins.dnsbl.lists]]
            zone = "wl.test"
            action = "bypass"
            """);
        Assert.Equal(new Effect.Bypass("greylist"), Assert.Single((await AskAsync(bench, "192.0.2.7")).Effects));
    }

    [SkippableTheory]
    [InlineData("a@bad.example", "x.example.org", 2)]
    [InlineData("a@mx.bad.example", "x.example.org", 2)] // the registered domain is asked for
    [InlineData("a@deep.shop.co.uk", "x.example.org", 2)]
    [InlineData("a@example.org", "a.bad.example", 2)]
    [InlineData("a@bad.example", "mx.bad.example", 2)] // one listing
    [InlineData("a@bad.example", "shop.co.uk", 4)]
    [InlineData("a@example.org", "[192.0.2.7]", 0)]
    [InlineData("", "not a name", 0)]
    public async Task Domains_of_sender_and_greeting_are_asked_for(string sender, string hello, double points)
    {
        await using var bench = await StartAsync(Domains);
        var verdict = await bench.AskAsync(SessionStages.Sender, ListBench.Stranger("192.0.2.1", hello), sender);
        Assert.Equal(points, verdict.Effects.OfType<Effect.Score>().Sum(score => score.Points));
    }

    [SkippableFact]
    public async Task The_reverse_name_is_asked_for()
    {
        await using var bench = await StartAsync(Domains + "\naction = \"refuse\"");
        var reply = Assert.IsType<Decision.Refuse>((await AskAsync(bench, "192.0.2.20")).Decision).Reply;
        Assert.Equal("Client name [mail.bad.example] blocked using dom.test", reply.Text);
    }

    [SkippableFact]
    public async Task Whole_names_are_asked_for_where_the_list_wants_them()
    {
        await using var bench = await StartAsync(Domains + "\nregistered = false");
        Assert.NotEmpty((await bench.AskAsync(SessionStages.Sender, ListBench.Stranger("192.0.2.1"), "a@whole.name.example")).Effects);
        Assert.Empty((await bench.AskAsync(SessionStages.Sender, ListBench.Stranger("192.0.2.1"), "a@www.bad.example")).Effects);
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("::1")]
    [InlineData("192.0.2.7", "lmtp")]
    [InlineData("192.0.2.7", "smtp", Direction.Outgoing)]
    public async Task Nobody_is_asked_about_clients_that_are_no_strangers(string address, string protocol = "smtp", Direction direction = Direction.Incoming)
    {
        await using var bench = await ListBench.StartAsync("dnsbl", Coded + "\naction = \"refuse\"");
        var session = new FakeSession { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1), Protocol = protocol, Direction = direction };
        Assert.Same(Verdict.Pass, await bench.AskAsync(SessionStages.Sender, session));
        Assert.DoesNotContain(bench.Plugins.Loggers.Lines, line => line.Level == LogLevel.Warning); // no DNS here: a question would be warned of
    }

    [Theory]
    [InlineData("", "198.51.100.1", false)] // the address that it is connected to: a program on this host
    [InlineData("", "198.51.100.2", true)]
    [InlineData("exempt = [\"127.0.0.0/8\"]\n", "198.51.100.1", true)]
    public async Task Nobody_is_asked_about_this_host(string settings, string client, bool isAsked)
    {
        await using var bench = await ListBench.StartAsync("dnsbl", settings + Coded);
        Assert.Same(Verdict.Pass, await AskAsync(bench, client));
        Assert.Equal(isAsked, bench.Plugins.Loggers.Lines.Any(line => line.Text.StartsWith("bl.test does not answer", StringComparison.Ordinal))); // there is no DNS here
    }

    [SkippableFact]
    public async Task Links_in_text_and_HTML_are_asked_for()
    {
        await using var bench = await StartAsync("""
            [[plugins.dnsbl.lists]]
            zone = "dom.test"
            asks = ["uri"]
            addresses = true
            points = 5
            [[plugins.dnsbl.lists]]
            zone = "bl.test"
            asks = ["uri"]
            """);
        Assert.Equal(SessionStages.None, bench.Plugins.Roles.SessionChecks[0].Stages);
        var verdict = await bench.CheckAsync(new TextMessage("see https://www.bad.example/x and http://192.0.2.7:80/", "text/plain"));
        Assert.Equal(new Effect.Score(5, "DNSBL_DOM"), Assert.Single(verdict.Effects)); // once a list
        Assert.Same(Verdict.Pass, await bench.CheckAsync(new TextMessage("see https://good.example/x", "text/plain")));
        Assert.Same(Verdict.Pass, await bench.CheckAsync(new TextMessage("https://bad.example/", "text/plain") { Direction = Direction.Outgoing }));
    }

    [SkippableFact]
    public async Task A_message_is_refused_for_its_link()
    {
        await using var bench = await StartAsync("refuse = 1\n[[plugins.dnsbl.lists]]\nzone = \"dom.test\"\nasks = [\"uri\"]");
        var verdict = await bench.CheckAsync(new TextMessage("<a href='https&#58;//shop.co.uk'>", "text/html"));
        Assert.Equal("A link in the message to [shop.co.uk] blocked using dom.test", Assert.IsType<Decision.Refuse>(verdict.Decision).Reply.Text);
    }

    [Theory]
    [InlineData("", "lists")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x\"", "zone")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\nasks = [\"ip\"]", "asks")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\ncodes = [{ code = \"127.0.0\" }]", "127.0.0")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\ncodes = [{ code = \"127.0.0.[4..2]\" }]", "127.0.0.[4..2]")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\nerrors = [\"127.0.0.256\"]", "errors")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\naction = \"bypass\"\nasks = [\"client\", \"sender\"]", "action")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\naction = \"bypass\"\nasks = [\"uri\"]", "action")]
    [InlineData("[[plugins.dnsbl.lists]]\nzone = \"x.test\"\nwieght = 3", "wieght")]
    [InlineData("deadline = \"1ms\"\n[[plugins.dnsbl.lists]]\nzone = \"x.test\"", "deadline")]
    [InlineData("exempt = [\"10.0.0.0/33\"]\n[[plugins.dnsbl.lists]]\nzone = \"x.test\"", "exempt")]
    [InlineData("public_suffixes = \"/nowhere\"\n[[plugins.dnsbl.lists]]\nzone = \"x.test\"", "public_suffixes")]
    public async Task A_wrong_table_is_told(string table, string told) =>
        Assert.Contains(await ListBench.ErrorsAsync("dnsbl", table), error => error.Contains(told, StringComparison.Ordinal));

    private static Task<Verdict> AskAsync(ListBench bench, string client) =>
        bench.AskAsync(SessionStages.Sender, ListBench.Stranger(client), "a@example.org");

    private async Task<ListBench> StartAsync(string table, TimeProvider? clock = null)
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        return await ListBench.StartAsync("dnsbl", table, zones.EndPoint, clock);
    }
}
