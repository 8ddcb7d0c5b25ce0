using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.ClamAv;

/// <summary>The ClamAv plugin against something that only pretends to be a clamd, and against nothing.</summary>
public sealed class ClamdAnswerTests
{
    [Theory]
    [InlineData("stream: OK\0", "virus-clean")]
    [InlineData("stream: OK\n\0", "virus-clean")]
    [InlineData("stream: Some.Virus FOUND\0", "Some.Virus")]
    [InlineData("stream: A\u0007B FOUND\0", "A?B")]
    [InlineData("INSTREAM size limit exceeded. ERROR\0", "virus-unscanned")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0", "virus-unscanned")]
    [InlineData("stream: Can't allocate memory ERROR\0", "defer")]
    [InlineData("stream:  FOUND\0", "defer")]
    [InlineData("FOUND\0", "defer")]
    [InlineData("", "defer")]
    [InlineData("rubbish without an end", "defer")]
    public async Task Answers_are_understood(string answer, string expected)
    {
        await using var pretender = new Pretender(answer);
        Assert.Equal(expected, await ScanAsync(("address", new[] { pretender.Address })));
    }

    [Theory]
    [InlineData("stream: Can't allocate memory ERROR\0", false)]
    [InlineData("rubbish", true)]
    [InlineData("", false)]
    public async Task An_error_for_one_message_is_no_outage_and_nonsense_is_one(string answer, bool isOutage)
    {
        await using var pretender = new Pretender(answer);
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("clamav", ("address", new[] { pretender.Address }))));
        Assert.IsType<Decision.Defer>((await bench.Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, CancellationToken.None)).Value.Decision);
        Assert.Equal(isOutage, bench.Loggers.Lines.Any(line => line.Text.Contains("is unavailable", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_endless_answer_ends()
    {
        await using var pretender = new Pretender(new string('x', 1_000_000));
        Assert.Equal("defer", await ScanAsync(("address", new[] { pretender.Address })));
    }

    [Fact]
    public async Task A_clamd_that_never_answers_is_unavailable()
    {
        await using var pretender = new Pretender(answer: null);
        Assert.Equal(
            "defer", await ScanAsync(("address", new[] { pretender.Address }), ("scan_timeout", TimeSpan.FromMilliseconds(150))));
    }

    [Theory]
    [InlineData("defer", "defer")]
    [InlineData("pass", "virus-unscanned")]
    public async Task When_unavailable_says_what_happens_without_clamd(string policy, string expected) =>
        Assert.Equal(expected, await ScanAsync(("address", new[] { "127.0.0.1:1" }), ("when_unavailable", policy)));

    [Theory]
    [InlineData("address", new[] { "127.0.0.1" })]
    [InlineData("address", new[] { "127.0.0.1:0" })]
    [InlineData("address", new[] { "127.0.0.1:99999" })]
    [InlineData("address", new[] { "unix:relative" })]
    [InlineData("address", new string[0])]
    [InlineData("when_unavailable", "explode")]
    [InlineData("report_from", "nobody")]
    [InlineData("when_too_large", "explode")]
    [InlineData("connections", 0L)]
    [InlineData("adress", "x")]
    public async Task Impossible_settings_are_refused(string key, object value)
    {
        await using var bench = new PluginBench();
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("clamav", (key, value))));
        Assert.Contains(key, error, StringComparison.Ordinal);
    }

    private static async Task<string> ScanAsync(params (string Key, object Value)[] settings)
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("clamav", settings)));
        var answer = await bench.Roles.MessageChecks[0].AskAsync(
            FakeMessage.FromText("Subject: x\r\n\r\ny\r\n", Direction.Outgoing), CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value switch
        {
            { Decision: Decision.Refuse refuse } => refuse.Reply.Text.Split(": ")[1],
            { Decision: Decision.Defer defer } => defer.Reply.Code == 451 ? "defer" : defer.Reply.ToString(),
            { Effects: [Effect.Tag tag] } => tag.Name,
            _ => answer.Value.ToString(),
        };
    }

    /// <summary>Says one thing to everyone; null says nothing and keeps the connection.</summary>
    private sealed class Pretender : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public Pretender(string? answer)
        {
            _listener.Start();
            Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
            _serving = ServeAsync(answer);
        }

        public string Address { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task ServeAsync(string? answer)
        {
            using var client = await _listener.AcceptSocketAsync(_stop.Token);
            byte[] buffer = new byte[4096];
            int received = 0;
            while (!buffer.AsSpan(0, received).EndsWith((byte[])[0, 0, 0, 0]))
            {
                received += await client.ReceiveAsync(buffer.AsMemory(received), _stop.Token);
            }

            if (answer is null)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }

            await client.SendAsync(Encoding.Latin1.GetBytes(answer!), _stop.Token);
        }
    }
}
