using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Dnsbl;

/// <summary>How long lists take that take long.</summary>
public sealed class RoundTripTests
{
    private const int Lists = 5;
    private const string Client = "192.0.2.7";

    /// <summary>The server answers nothing until all five have been asked: lists that were asked one after another would wait for ever.</summary>
    [Fact]
    public async Task Five_lists_cost_one_round_trip()
    {
        await using var server = new WaitingServer(Lists);
        await using var bench = await ListBench.StartAsync("dnsbl", Table("1m"), server.EndPoint);
        var verdict = await AskAsync(bench).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(Lists, verdict.Effects.OfType<Effect.Score>().Count());
        Assert.Equal(Lists, server.Count);

        Assert.Equal(Lists, (await AskAsync(bench)).Effects.Length); // from the cache
        Assert.Equal(Lists, server.Count);
    }

    [Fact]
    public async Task What_does_not_answer_by_the_deadline_does_not_count()
    {
        var clock = new FakeTime();
        await using var server = new WaitingServer(Lists + 1); // for ever
        await using var bench = await ListBench.StartAsync("dnsbl", "refuse = 1\n" + Table("3s"), server.EndPoint, clock);
        var asking = AskAsync(bench);
        await PluginBench.UntilAsync(() => server.Count == Lists, "all lists are asked");
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Same(Verdict.Pass, await asking.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal(Lists, bench.Plugins.Loggers.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("no answer in time")));
    }

    [Fact]
    public async Task The_lists_that_answered_count_without_those_that_did_not()
    {
        var clock = new FakeTime();
        var dns = new OneSilentZone("bl3.test");
        await using var bench = await ListBench.StartAsync("dnsbl", Table("3s"), clock: clock, dns: dns);
        var asking = AskAsync(bench);
        await PluginBench.UntilAsync(() => dns.Silences == 1, "the silent list is asked");
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        var verdict = await asking.WaitAsync(PluginBench.Patience);
        Assert.Equal(["DNSBL_BL1", "DNSBL_BL2", "DNSBL_BL4", "DNSBL_BL5"], verdict.Effects.OfType<Effect.Score>().Select(score => score.Reason));
    }

    [Fact]
    public async Task A_list_that_answers_nobody_is_tried_once_a_minute_until_it_answers()
    {
        var clock = new FakeTime();
        var dns = new OneSilentZone("bl3.test");
        await using var bench = await ListBench.StartAsync("dnsbl", Table("3s"), clock: clock, dns: dns);
        for (int i = 1; i <= 5; i++)
        {
            await WaitInVainAsync(i); // at a network that fails for some seconds nothing rests
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        await WaitInVainAsync(6); // the first of a minute
        Assert.Equal(Lists - 1, (await AskAsync(bench)).Effects.OfType<Effect.Score>().Count());
        Assert.Equal(6, dns.Silences);
        clock.Advance(TimeSpan.FromMinutes(1));
        dns.IsSilent = false;
        Assert.Equal(Lists, (await AskAsync(bench)).Effects.OfType<Effect.Score>().Count());
        Assert.Equal(Lists, (await AskAsync(bench)).Effects.OfType<Effect.Score>().Count());

        async Task WaitInVainAsync(int silences)
        {
            var asking = AskAsync(bench);
            await PluginBench.UntilAsync(() => dns.Silences == silences, "the silent list is asked");
            Assert.False(asking.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal(Lists - 1, (await asking.WaitAsync(PluginBench.Patience)).Effects.OfType<Effect.Score>().Count());
        }
    }

    [Fact]
    public async Task A_client_that_goes_is_not_waited_for()
    {
        await using var server = new WaitingServer(Lists + 1);
        await using var bench = await ListBench.StartAsync("dnsbl", Table("1m"), server.EndPoint);
        using var gone = new CancellationTokenSource();
        var asking = bench.AskAsync(SessionStages.Sender, ListBench.Stranger(Client), "a@example.org", cancellationToken: gone.Token);
        await PluginBench.UntilAsync(() => server.Count == Lists, "all lists are asked");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static string Table(string deadline) =>
        $"deadline = \"{deadline}\"\n" + string.Concat(Enumerable.Range(1, Lists).Select(i => $"[[plugins.dnsbl.lists]]\nzone = \"bl{i}.test\"\n"));

    private static Task<Verdict> AskAsync(ListBench bench) =>
        bench.AskAsync(SessionStages.Sender, ListBench.Stranger(Client), "a@example.org");

    /// <summary>Answers 127.0.0.2 at once, of one zone never, as long as that is silent.</summary>
    private sealed class OneSilentZone(string zone) : IDnsResolver
    {
        private int _silences;

        public int Silences => Volatile.Read(ref _silences);

        public bool IsSilent { get; set; } = true;

        public async ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
        {
            if (IsSilent && name.EndsWith(zone, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _silences);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return new DnsAnswer(DnsStatus.Found, ["127.0.0.2"], TimeSpan.FromMinutes(5), IsAuthenticated: false);
        }
    }

    /// <summary>A name server that answers 127.0.0.2 to all who asked when so many have asked, and to each who asks later.</summary>
    private sealed class WaitingServer : IAsyncDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly CancellationTokenSource _stopping = new();
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private readonly Task _running;
        private int _count;

        public WaitingServer(int least)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _running = RunAsync(least);
        }

        public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

        /// <summary>Different names that were asked for.</summary>
        public int Count => Volatile.Read(ref _count);

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _running;
            _socket.Dispose();
            _stopping.Dispose();
        }

        private static (string Name, int End) Question(ReadOnlySpan<byte> query)
        {
            string name = "";
            int at = 12;
            for (; query[at] > 0; at += query[at] + 1)
            {
                name += (name.Length > 0 ? "." : "") + System.Text.Encoding.ASCII.GetString(query.Slice(at + 1, query[at]));
            }

            return (name, at + 5);
        }

        private async Task RunAsync(int least)
        {
            List<(byte[] Answer, EndPoint To)> waiting = [];
            byte[] buffer = new byte[4096];
            while (!_stopping.IsCancellationRequested)
            {
                try
                {
                    var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                    var (name, end) = Question(buffer);
                    _names.Add(name);
                    Volatile.Write(ref _count, _names.Count);
                    byte[] header = [buffer[0], buffer[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
                    byte[] answer = [.. header, .. buffer[12..end], 0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 127, 0, 0, 2];
                    waiting.Add((answer, received.RemoteEndPoint));

                    if (_names.Count >= least)
                    {
                        foreach (var (ready, to) in waiting)
                        {
                            await _socket.SendToAsync(ready, to, _stopping.Token);
                        }

                        waiting.Clear();
                    }
                }
                catch (Exception e) when (e is OperationCanceledException or SocketException)
                {
                    // stopped, or the client is gone
                }
            }
        }
    }
}
