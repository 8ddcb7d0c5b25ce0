using System.Collections.Concurrent;
using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Dnsbl;

/// <summary>What the Dnsbl plugin asks about the links of a message.</summary>
public sealed class LinkTests
{
    private const string List = "\n[[plugins.dnsbl.lists]]\nzone = \"u.test\"\nasks = [\"uri\"]\n";

    [Theory]
    [InlineData("nothing here, not even example.org or a@example.org", "")]
    [InlineData("see http://spam.example/path?q=http://second.example", "spam.example second.example")]
    [InlineData("HTTPS://WWW.Spam.Example.", "spam.example")]
    [InlineData("www.spam.example and (www.other.example), but not xwww.no.example", "spam.example other.example")]
    [InlineData("http://good.example@spam.example:8080/", "spam.example")]
    [InlineData("http://good.example:80@spam.example/", "spam.example")]
    [InlineData("http:\\\\spam.example\\x http:/one.example http:two.example", "spam.example one.example two.example")]
    [InlineData("http://sp%61m.example/", "spam.example")]
    [InlineData("http://b\u00fccher.example/", "xn--bcher-kva.example")]
    [InlineData("http://spam\u3002example/", "spam.example")]
    [InlineData("http://\uff33\uff50\uff41m\uff0eexample/ http://two\uff61example/", "spam.example two.example")]
    [InlineData("http://sp\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0fam.example/ http://t%C2%ADwo.example/", "spam.example two.example")]
    [InlineData("http://B\u00dcCHER.example/", "xn--bcher-kva.example")]
    [InlineData("<http://spam.example>, \"http://spam.example\"", "spam.example")]
    [InlineData("http://a.b.c.spam.co.uk/ http://spam.com.au http://x.co", "spam.co.uk spam.com.au x.co")]
    [InlineData("http:// http://. http://single http://-/ http://a..b/ http:", "")]
    [InlineData("<a href=\"//spam.example/\">", "", "text/plain")]
    [InlineData("<a href=\"//spam.example/\"><img src=//two.example>", "spam.example two.example", "text/html")]
    [InlineData("<a href='&#104;ttps&colon;//spam&period;example'>", "spam.example", "text/html")]
    [InlineData("<a href=\"http&#58//evil.example/\"><a href=\"ht&#x74p:/&#x2fother.example&num;.good.example\">", "evil.example other.example", "text/html")]
    [InlineData("<a href=  //evil.example><a href=\n///other.example>//no.example", "evil.example other.example", "text/html")]
    [InlineData("<a href=\"http://x;@evil.example/\">", "evil.example", "text/html")]
    [InlineData("<a href=http://x,y()[]{}|@evil.example/>", "evil.example", "text/html")]
    [InlineData("<a href='http://good.example @evil.example/'>", "evil.example good.example", "text/html")]
    [InlineData("<a href = \"//good.example'<>@evil.example?@other.example\">", "evil.example good.example", "text/html")]
    [InlineData("<a href=\"http://x&quot;&#x22;&#39;@evil.example/\">", "evil.example", "text/html")]
    [InlineData("<a href=\"http://[x@evil.example/\">", "evil.example", "text/html")]
    [InlineData("<a href=\"http://ev\til.exam\r\nple/\">", "evil.example", "text/html")]
    [InlineData("<a href=\"\n ht&Tab;tp:/&NewLine;/ev&#9;il.example/\">", "evil.example", "text/html")]
    [InlineData("x=\" <a href=\"http://ev\til.example/\">", "evil.example", "text/html")]
    [InlineData("<a href=\"http://spam.example\">a@other.example</a> &quot;http://two.example&quot;", "spam.example two.example", "text/html")]
    [InlineData("http://spam.example;a@other.example http://a.example[1]", "spam.example a.example")]
    [InlineData("http://spam.example/", "", "image/png")]
    public async Task Hosts_are_found_as_a_browser_reads_them(string text, string expected, string type = "text/plain") =>
        Assert.Equal(Words(expected), await AskedAsync(List, new TextMessage(text, type)));

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public async Task How_much_stands_before_a_host_does_not_hide_it(int length)
    {
        string user = new('x', length);
        string blanks = new('\t', length);
        Assert.Equal(["evil.example"], await AskedAsync(List, new TextMessage($"http://{user}@evil.example/", "text/plain")));
        Assert.Equal(["evil.example"], await AskedAsync(List, new TextMessage($"<a href=\"{blanks}ht\ttp://{user}@evil.example/\">", "text/html")));
        Assert.Equal(["evil.example"], await AskedAsync(List, new TextMessage($"<a href={blanks}//evil.example>", "text/html")));
    }

    [Theory]
    [InlineData("http://192.0.2.7/", "7.2.0.192")]
    [InlineData("http://\uff11\uff19\uff12.0\u30022\uff0e\uff17/", "7.2.0.192")]
    [InlineData("http://3221225991/", "7.2.0.192")]
    [InlineData("http://0xc0.0.2.7/", "7.2.0.192")]
    [InlineData("http://[::ffff:192.0.2.7]/", "7.2.0.192")]
    [InlineData("http://[2001:db8::7]/", "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2")]
    public async Task Addresses_are_asked_for_where_the_list_wants_them(string text, string expected)
    {
        Assert.Equal([expected], await AskedAsync(List + "addresses = true", new TextMessage(text, "text/plain")));
        Assert.Empty(await AskedAsync(List, new TextMessage(text, "text/plain")));
    }

    [Theory]
    [InlineData("", "192.0.2.7", true)]
    [InlineData("exempt = [\"192.0.2.0/24\"]", "192.0.2.7", false)]
    [InlineData("exempt = [\"192.0.2.0/24\"]", "::ffff:192.0.2.7", false)]
    [InlineData("", "10.0.0.7", false)]
    public async Task Nobody_is_asked_about_links_from_networks_that_are_exempt(string table, string client, bool isAsked)
    {
        var dns = new AskedNames();
        await using var bench = await ListBench.StartAsync("dnsbl", table + List, dns: dns);
        await bench.CheckAsync(new FakeMessage(FakeMessage.FromText("http://spam.example/").Content) { BroughtBy = ListBench.Stranger(client) });
        Assert.Equal(isAsked, !dns.Names.IsEmpty);
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    public async Task Links_from_a_client_on_an_allow_list_that_bypasses_do_not_count(string client, bool isSpared)
    {
        const string table = "\n[[plugins.dnsbl.lists]]\nzone = \"wl.test\"\naction = \"bypass\"" + List + "action = \"refuse\"";
        var dns = new AskedNames { Listed = { "7.2.0.192.wl.test", "spam.example.u.test" } };
        await using var bench = await ListBench.StartAsync("dnsbl", table, dns: dns);
        var session = new LeasedSession { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(client), 40_000) };
        await using var lease = session.Begin(bench.Plugins.Roles.SessionChecks[0]);
        var context = new SessionCheckContext(SessionStages.Sender, session, new EmailAddress("a", "example.org"), hasSender: true, recipient: null);
        Assert.Null((await lease.AskAsync(context, CancellationToken.None)).Fault);
        var verdict = await bench.CheckAsync(new FakeMessage(FakeMessage.FromText("http://spam.example/").Content) { BroughtBy = session });
        Assert.Equal(isSpared, verdict.IsPlainPass);
        Assert.Equal(isSpared, verdict.Decision is not Decision.Refuse);
    }

    [Fact]
    public async Task UTF16_is_read()
    {
        byte[] text = Encoding.Unicode.GetBytes("http://spam.example/");
        Assert.Equal(["spam.example"], await AskedAsync(List, new TextMessage(text, "text/plain", "utf-16le")));
        Assert.Equal(["spam.example"], await AskedAsync(List, new TextMessage([.. Encoding.Unicode.Preamble, .. text], "text/html", "utf-16")));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("ucs-2")]
    [InlineData("unicode")]
    public async Task UTF16_that_does_not_say_its_order_is_read_in_either(string charset)
    {
        const string text = "http://spam.example/\u4e2d\u5600\u5700";
        Assert.Equal(["spam.example"], await AskedAsync(List, new TextMessage(Encoding.Unicode.GetBytes(text), "text/plain", charset)));
        Assert.Equal(["spam.example"], await AskedAsync(List, new TextMessage(Encoding.BigEndianUnicode.GetBytes(text), "text/plain", charset)));
    }

    [Fact]
    public async Task Questions_are_bounded_by_hosts_and_by_text()
    {
        string many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"http://h{i}.example/ http://www.h{i}.example/ "));
        Assert.Equal(7, (await AskedAsync("maximum_hosts = 7" + List, new TextMessage(many, "text/plain"))).Length);
        Assert.Equal(2, (await AskedAsync("maximum_text = 61" + List, new TextMessage(many, "text/plain"))).Length);
    }

    [Fact]
    public async Task A_list_that_wants_whole_names_is_asked_no_more_and_not_about_one_domain_alone()
    {
        string many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"http://h{i}.one.example/ ")) + "http://a.other.example/ http://192.0.2.7/";
        string[] asked = await AskedAsync("maximum_hosts = 5" + List + "registered = false", new TextMessage(many, "text/plain"));
        Assert.Equal(["h0.one.example", "a.other.example", "h1.one.example", "h2.one.example", "h3.one.example"], asked);
    }

    [Theory]
    [InlineData("u.test")]
    [InlineData("a-zone-of-a-longer-name.u.test")]
    public async Task Of_a_name_that_is_too_long_for_DNS_the_first_labels_are_left_out(string zone)
    {
        string host = string.Concat(Enumerable.Repeat("abcdefghi.", 24)) + "evil.example"; // 252 characters
        var dns = new AskedNames();
        await using var bench = await ListBench.StartAsync("dnsbl", List.Replace("u.test", zone, StringComparison.Ordinal) + "registered = false", dns: dns);
        await bench.CheckAsync(new TextMessage($"http://{host}/", "text/plain"));
        string asked = Assert.Single(dns.Names);
        Assert.EndsWith($".abcdefghi.evil.example.{zone}", asked, StringComparison.Ordinal);
        Assert.InRange(asked.Length, 240, 253);
    }

    [Fact]
    public async Task A_text_made_to_cost_time_costs_little()
    {
        string slashes = string.Concat(Enumerable.Repeat("http:////////", 18_000));
        foreach (string text in (string[])[slashes + Repeated("=\" '//", 4_000), new string('/', 256_000), "=" + new string(' ', 256_000), Repeated("_www.~", 43_000), Repeated("http:[", 43_000), Repeated("='=\"", 64_000), Repeated("http:a@", 37_000)])
        {
            Assert.Empty(await AskedAsync(List, new TextMessage(text, "text/html")).WaitAsync(TimeSpan.FromMinutes(2)));
        }

        static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
    }

    [Theory]
    [InlineData("http://a.b.pages.example/", "b.pages.example")]
    [InlineData("http://a.b.example/", "b.example")]
    [InlineData("http://x.y.z.ck/", "y.z.ck")]
    [InlineData("http://a.www.ck/", "www.ck")]
    [InlineData("http://a.b.unknown/", "b.unknown")]
    [InlineData("http://b\u00fccher.\u4e2d\u56fd/ http://a.shop.\u516c\u53f8.cn/", "xn--bcher-kva.xn--fiqs8s shop.xn--55qx5d.cn")]
    public async Task The_public_suffix_list_decides_where_there_is_one(string text, string expected)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "// a comment\nexample\n\npages.example\nck\n*.ck\n!www.ck\n\u4e2d\u56fd\ncn\n\u516c\u53f8.cn\n");
            Assert.Equal(Words(expected), await AskedAsync($"public_suffixes = \"{file}\"" + List, new TextMessage(text, "text/plain")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string[]> AskedAsync(string table, IMessageView message)
    {
        var dns = new AskedNames();
        await using var bench = await ListBench.StartAsync("dnsbl", table, dns: dns);
        Assert.Same(Verdict.Pass, await bench.CheckAsync(message));
        return [.. dns.Names.Select(name => name[..^".u.test".Length])];
    }

    private sealed class AskedNames : IDnsResolver
    {
        public ConcurrentQueue<string> Names { get; } = new();

        public HashSet<string> Listed { get; } = new(StringComparer.Ordinal);

        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            Names.Enqueue(name);
            return new(Listed.Contains(name) && type == DnsRecordType.A
                ? new DnsAnswer(DnsStatus.Found, ["127.0.0.2"], TimeSpan.Zero, IsAuthenticated: false)
                : new DnsAnswer(DnsStatus.NameError, [], TimeSpan.Zero, IsAuthenticated: false));
        }
    }
}
