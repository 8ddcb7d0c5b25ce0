using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Icap;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Daemons;

/// <summary>What may lie at one message, and what at the daemon that was to look at it.</summary>
public sealed class DaemonFaultTests
{
    [Theory]
    [InlineData("clamav")]
    [InlineData("spamassassin")]
    [InlineData("rspamd")]
    public async Task A_message_that_cannot_be_read_says_nothing_of_the_daemon(string plugin)
    {
        await using var daemon = new FixedAnswer(answer: null);
        await using var bench = await StartAsync(plugin, ("address", new[] { daemon.Address }));
        for (int i = 0; i < 3; i++)
        {
            await AskAsync(bench, new FakeMessage(new UnreadableContent()));
        }

        Assert.Equal(3, Said(bench, $"{daemon.Address} works, but did not do this: the message cannot be read: bad sector"));
        Assert.Equal(0, Said(bench, "is unavailable"));
    }

    [Theory]
    [InlineData("clamav", false)]
    [InlineData("clamav", true)]
    [InlineData("spamassassin", false)]
    [InlineData("spamassassin", true)]
    [InlineData("rspamd", false)]
    [InlineData("rspamd", true)]
    public async Task A_message_that_ends_the_connection_is_no_outage_and_three_in_a_row_are(string plugin, bool isReset)
    {
        await using var daemon = new FixedAnswer("") { IsHasty = isReset };
        await using var bench = await StartAsync(plugin, ("address", new[] { daemon.Address }));
        await AskAsync(bench);
        await AskAsync(bench);
        Assert.Equal(0, Said(bench, "is unavailable"));
        await AskAsync(bench);
        Assert.Equal(1, Said(bench, "is unavailable"));
    }

    [Fact]
    public async Task The_same_goes_for_ICAP()
    {
        await using var service = new FakeIcap { Answer = static (_, _) => "close" };
        await using var bench = await StartAsync("icap", ("address", new[] { service.Address }));
        await AskAsync(bench);
        await AskAsync(bench);
        Assert.Equal(0, Said(bench, "is unavailable"));
        await AskAsync(bench);
        Assert.Equal(1, Said(bench, "is unavailable"));
    }

    [Fact]
    public async Task An_error_between_is_an_answer()
    {
        await using var daemon = new FixedAnswer("");
        await using var bench = await StartAsync("spamassassin", ("address", new[] { daemon.Address }));
        foreach (string answer in (string[])["", "", "SPAMD/1.0 79 Timeout\r\n", "", ""])
        {
            daemon.Answer = answer;
            await AskAsync(bench);
        }

        Assert.Equal(0, Said(bench, "is unavailable"));
        await AskAsync(bench);
        Assert.Equal(1, Said(bench, "is unavailable"));
    }

    [Fact]
    public async Task How_long_one_is_passed_over_does_not_hang_on_the_time_of_day()
    {
        var clock = new SetClock();
        await using var first = new FixedAnswer("rubbish");
        await using var second = new FixedAnswer("SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0 / 5.0\r\n\r\n");
        await using var bench = new PluginBench(services: given => given with { Clock = clock });
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For(
            "spamassassin", ("address", new[] { first.Address, second.Address }), ("retry_after", TimeSpan.FromSeconds(30)))));
        await AskAsync(bench);
        Assert.Equal(1, Said(bench, "is unavailable"));
        first.Answer = second.Answer;
        clock.SetBack = TimeSpan.FromDays(1);
        await AskAsync(bench);
        Assert.Equal(0, Said(bench, "answers again"));
        clock.Monotonic.Advance(TimeSpan.FromSeconds(30));
        await AskAsync(bench);
        Assert.Equal(1, Said(bench, "answers again"));
    }

    private static async Task<PluginBench> StartAsync(string plugin, params (string Key, object Value)[] settings)
    {
        var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For(plugin, settings)));
        return bench;
    }

    private static Task AskAsync(PluginBench bench) => AskAsync(bench, FakeMessage.FromText("Subject: x\r\n\r\ny\r\n.\r\n"));

    private static async Task AskAsync(PluginBench bench, IMessageView message) =>
        Assert.Null((await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None)).Fault);

    private static int Said(PluginBench bench, string words) => bench.Loggers.Lines.Count(line => line.Text.Contains(words, StringComparison.Ordinal));

    /// <summary>A clock that somebody sets, over one that goes on.</summary>
    private sealed class SetClock : TimeProvider
    {
        public FakeTime Monotonic { get; } = new();

        public TimeSpan SetBack { get; set; }

        public override long TimestampFrequency => Monotonic.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Monotonic.GetUtcNow() - SetBack;

        public override long GetTimestamp() => Monotonic.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Monotonic.CreateTimer(callback, state, dueTime, period);
    }
}
