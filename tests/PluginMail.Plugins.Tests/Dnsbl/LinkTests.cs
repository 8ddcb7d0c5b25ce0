using System.Collections.Concurrent;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Plugins.Tests.Support;

namespace PluginMail.Plugins.Tests.Dnsbl;

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
    [InlineData("<http://spam.example>, \"http://spam.example\"", "spam.example")]
    [InlineData("http://a.b.c.spam.co.uk/ http://spam.com.au http://x.co", "spam.co.uk spam.com.au x.co")]
    [InlineData("http:// http://. http://single http://-/ http://a..b/ http:", "")]
    [InlineData("<a href=\"//spam.example/\">", "", "text/plain")]
    [InlineData("<a href=\"//spam.example/\"><img src=//two.example>", "spam.example two.example", "text/html")]
    [InlineData("<a href='&#104;ttps&colon;//spam&period;example'>", "spam.example", "text/html")]
    [InlineData("http://spam.example/", "", "image/png")]
    public async Task Hosts_are_found_as_a_browser_reads_them(string text, string expected, string type = "text/plain") =>
        Assert.Equal(Words(expected), await AskedAsync(List, new TextMessage(text, type)));

    [Theory]
    [InlineData("http://192.0.2.7/", "7.2.0.192")]
    [InlineData("http://3221225991/", "7.2.0.192")]
    [InlineData("http://0xc0.0.2.7/", "7.2.0.192")]
    [InlineData("http://[::ffff:192.0.2.7]/", "7.2.0.192")]
    [InlineData("http://[2001:db8::7]/", "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2")]
    public async Task Addresses_are_asked_for_where_the_list_wants_them(string text, string expected)
    {
        Assert.Equal([expected], await AskedAsync(List + "addresses = true", new TextMessage(text, "text/plain")));
        Assert.Empty(await AskedAsync(List, new TextMessage(text, "text/plain")));
    }

    [Fact]
    public async Task UTF16_is_read()
    {
        byte[] text = Encoding.Unicode.GetBytes("http://spam.example/");
        Assert.Equal(["spam.example"], await AskedAsync(List, new TextMessage(text, "text/plain", "utf-16le")));
        Assert.Equal(["spam.example"], await AskedAsync(List, new TextMessage([.. Encoding.Unicode.Preamble, .. text], "text/html", "utf-16")));
    }

    [Fact]
    public async Task Questions_are_bounded_by_hosts_and_by_text()
    {
        string many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"http://h{i}.example/ http://www.h{i}.example/ "));
        Assert.Equal(7, (await AskedAsync("maximum_hosts = 7" + List, new TextMessage(many, "text/plain"))).Length);
        Assert.Equal(2, (await AskedAsync("maximum_text = 61" + List, new TextMessage(many, "text/plain"))).Length);
    }

    [Fact]
    public async Task A_text_made_to_cost_time_costs_little()
    {
        string slashes = string.Concat(Enumerable.Repeat("http:////////", 18_000));
        Assert.Empty(await AskedAsync(List, new TextMessage(slashes + string.Concat(Enumerable.Repeat("=\" '//", 4_000)), "text/html")).WaitAsync(TimeSpan.FromMinutes(2)));
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

        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            Names.Enqueue(name);
            return new(new DnsAnswer(DnsStatus.NameError, [], TimeSpan.Zero, IsAuthenticated: false));
        }
    }
}
