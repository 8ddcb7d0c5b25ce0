using System.Net;
using PluginMail.Dns.Caching;
using PluginMail.Dns.Upstream;
using PluginMail.Dns.Wire;

namespace PluginMail.Dns.Tests;

public sealed class CacheAndFileTests
{
    private readonly FakeTime _clock = new();

    [Fact]
    public void Cache_keeps_what_was_used_last_within_its_memory()
    {
        const long maximum = 64 << 10;
        var cache = new AnswerCache(_clock);
        cache.Add(Name(-1), Answer("wanted"), maximum);
        for (int i = 0; i < 2000; i++)
        {
            cache.Add(Name(i), Answer("192.0.2.1"), maximum);
            Assert.NotNull(cache.Find(Name(-1)));
            Assert.InRange(cache.Size, 1, maximum);
        }

        Assert.NotNull(cache.Find(Name(1999)));
        Assert.Null(cache.Find(Name(0)));
    }

    [Fact]
    public void Answer_that_would_fill_the_cache_is_not_kept()
    {
        var cache = new AnswerCache(_clock);
        cache.Add(Name(1), Answer(new string('x', 60_000)), 1 << 20);
        Assert.Null(cache.Find(Name(1)));
        cache.Add(Name(1), Answer("x"), 0);
        Assert.Null(cache.Find(Name(1)));
        Assert.Equal(0, cache.Size);
    }

    [Fact]
    public void New_answer_takes_the_old_one_s_place()
    {
        var cache = new AnswerCache(_clock);
        cache.Add(Name(1), Answer("old"), 1 << 20);
        cache.Add(Name(1), Answer("new"), 1 << 20);
        Assert.Equal("new", Assert.Single(cache.Find(Name(1))!.Records));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(cache.Find(Name(1)));
        Assert.Equal(0, cache.Size);
    }

    [Theory]
    [InlineData("nameserver 192.0.2.1\nsearch x\nnameserver 2001:db8::1\n", "192.0.2.1:53|[2001:db8::1]:53")]
    [InlineData("\t nameserver\t192.0.2.1  # comment\r\n;nameserver 192.0.2.2\n#nameserver 192.0.2.3\nnameservers 192.0.2.4\n", "192.0.2.1:53")]
    [InlineData("nameserver nonsense\n", "127.0.0.1:53")]
    [InlineData("", "127.0.0.1:53")]
    public void Resolver_file_names_servers(string text, string servers) =>
        Assert.Equal(servers, string.Join('|', ResolverFile.Parse(text)));

    [Fact]
    public void Resolver_file_is_followed()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "nameserver 192.0.2.1\n");
            var file = new ResolverFile(path, _clock);
            Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(file.Servers).Address);
            File.WriteAllText(path, "nameserver 192.0.2.2\n");
            Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(file.Servers).Address); // not read with each question
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(IPAddress.Parse("192.0.2.2"), Assert.Single(file.Servers).Address);
            File.Delete(path);
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(IPAddress.Parse("192.0.2.2"), Assert.Single(file.Servers).Address); // it is being exchanged
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Equal(IPAddress.Loopback, Assert.Single(new ResolverFile(path, _clock).Servers).Address);
    }

    private static Question Name(int i) => new($"n{i}.test", DnsRecordType.A);

    private static DnsAnswer Answer(string record) => new(DnsStatus.Found, [record], TimeSpan.FromMinutes(5), IsAuthenticated: false);
}
