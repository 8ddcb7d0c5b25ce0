using PluginMail.Collector.Settings;
using PluginMail.Plugins;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>The plugin in the real host.</summary>
public sealed class CollectorPluginTests
{
    private static readonly (string Key, object Value)[] Sound =
    [
        ("name", "work"), ("host", "127.0.0.1"), ("port", 1L), ("user", "anna"), ("password", "s3cr3t"), ("forward_to", "anna@example.org"),
    ];

    [Theory]
    [InlineData("name", "two words")]
    [InlineData("host", "no host")]
    [InlineData("tls", "none")]
    [InlineData("user", "a\nb")]
    [InlineData("password", "")]
    [InlineData("auth", "xoauth2")]
    [InlineData("token_endpoint", "http://example.org/token")]
    [InlineData("forward_to", "nobody")]
    [InlineData("default", "rest@example.org")]
    [InlineData("strip_prefix", "mbox-")]
    public async Task Impossible_settings_are_refused(string key, string value)
    {
        await using var bench = new PluginBench();
        var errors = await bench.ApplyAsync(Settings([.. Sound.Where(pair => pair.Key != key), (key, value)]));
        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, error => error.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x-envelope-to", "mbox-", true)]
    [InlineData("X-RCPT-To", "", true)]
    [InlineData("received", "", true)]
    [InlineData("", "", false)]
    [InlineData("x envelope", "", false)]
    [InlineData("to:", "", false)]
    [InlineData("x-ümlaut", "", false)]
    [InlineData("to", "two words", false)]
    [InlineData("to", "a@b", false)]
    public async Task Fields_and_prefixes_are_checked(string field, string prefix, bool isSound)
    {
        await using var bench = new PluginBench();
        var errors = await bench.ApplyAsync(Settings(
        [
            .. Sound.Where(pair => pair.Key != "forward_to"), ("default", "rest@example.org"), ("addresses", new[] { "isp.example" }), ("detect", new[] { field }), ("strip_prefix", prefix),
        ]));
        Assert.Equal(isSound, errors.Count == 0);
    }

    [Fact]
    public async Task It_runs_reloads_and_tells_what_went_wrong()
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(Settings(Sound)));
        var output = new StringWriter();
        Assert.Equal(1, await bench.Host.RunCommandAsync("collector", "now", ["work"], output, output, CancellationToken.None));
        Assert.Contains("work: no connection: ConnectionRefused", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await bench.Host.RunCommandAsync("collector", "now", ["other"], output, output, CancellationToken.None));
        Assert.Null(await bench.Host.ReloadAsync("collector", CancellationToken.None));
        Assert.Equal(0, await bench.Host.RunCommandAsync("collector", "status", [], output, output, CancellationToken.None));
        Assert.DoesNotContain("s3cr3t", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_wants_a_visit_when_it_ends_is_answered()
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        using var stop = new CancellationTokenSource();
        var collector = bench.Collector(CollectorBench.Account(RemoteProtocol.Imap, server.Port));
        List<Task<string>> wishes = [];
        server.Add(1, "m1");
        bench.Mail.Answer = _ =>
        {
            for (int i = 0; i < 20; i++)
            {
                wishes.Add(collector.VisitNowAsync(CancellationToken.None).AsTask());
            }

            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        };
        await Record.ExceptionAsync(() => collector.RunAsync(stop.Token));
        wishes.Add(collector.VisitNowAsync(CancellationToken.None).AsTask());
        foreach (var wish in wishes)
        {
            Assert.Contains("ended", await wish.WaitAsync(TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        }

        Assert.Equal(21, wishes.Count);
    }

    private static PluginSettings Settings(params (string Key, object Value)[] account) => DictionarySettings.For(
        "collector", ("accounts", new IReadOnlyDictionary<string, object>[] { account.ToDictionary(pair => pair.Key, pair => pair.Value) }));
}
