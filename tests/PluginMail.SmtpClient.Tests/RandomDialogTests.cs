using System.Collections.Concurrent;
using System.Collections.Immutable;
using PluginMail.Queue;

namespace PluginMail.SmtpClient.Tests;

/// <summary>Hosts that answer by chance: every recipient has an outcome, and nobody is told "done" for whom the host did not say so.</summary>
public sealed class RandomDialogTests
{
    private static readonly string[] Replies =
    [
        "250 2.0.0 ok", "250 2.0.0 ok", "250 2.0.0 ok", "250 2.0.0 ok", "250-2.0.0 two\r\n250 2.0.0 lines", "354 go", "421 4.3.2 closing", "450 4.2.0 later",
        "452 4.5.3 too many", "550 5.1.1 no", "552 5.3.4 too large", "220 hello", "334 what", "nonsense", "250-unended", "", "25", "999 what", ScriptedPeer.Drop,
    ];

    [Theory]
    [InlineData("")]
    [InlineData("PIPELINING")]
    [InlineData("CHUNKING")]
    [InlineData("PIPELINING CHUNKING")]
    public async Task Smtp(string offers) => await RunAsync(offers, isLmtp: false);

    [Theory]
    [InlineData("")]
    [InlineData("PIPELINING")]
    public async Task Lmtp(string offers) => await RunAsync(offers, isLmtp: true);

    private static async Task RunAsync(string offers, bool isLmtp)
    {
        var random = new Random(20261121);
        var said = new ConcurrentQueue<string>();
        await using var peer = new ScriptedPeer
        {
            IsLmtp = isLmtp,
            Choose = command =>
            {
                lock (random)
                {
                    bool isUsual = random.Next(4) > 0;
                    string? reply = isUsual ? null : Replies[random.Next(Replies.Length)];
                    if (command.StartsWith("DOT", StringComparison.Ordinal))
                    {
                        said.Enqueue(reply ?? "250 usual");
                    }

                    return reply;
                }
            },
        };
        peer.Capabilities.Clear();
        peer.Capabilities.AddRange(offers.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var route = new RelayRoute("127.0.0.1", peer.Port) { Protocol = isLmtp ? OutboundProtocol.Lmtp : OutboundProtocol.Smtp };
        TimeSpan little = TimeSpan.FromMilliseconds(50); // a reply without end is waited for
        await using var bench = new SendingBench(change: options => options with
        {
            Routes = new RouteTable([], route),
            Timeouts = new SmtpTimeouts { Greeting = little, Hello = little, Mail = little, Recipient = little, DataStart = little, DataEnd = little },
        });
        for (int round = 0; round < 150; round++)
        {
            said.Clear();
            ImmutableArray<OutboundOutcome> outcomes =
                await bench.SendAsync(SendingBench.Message(SendingBench.Text, "a@example.org", "b@example.org", "c@example.org"));
            Assert.Equal(3, outcomes.Length);
            Assert.All(outcomes, static outcome => Assert.True(outcome.Reply.Code is (>= 200 and < 300) or (>= 400 and < 600), outcome.Reply.ToString()));
            Assert.True(
                !outcomes.Any(static outcome => outcome.Reply.IsPositive) || said.Any(static reply => reply.StartsWith('2')),
                $"round {round}: told {string.Join(" | ", outcomes.Select(static outcome => outcome.Reply))}, the host said {string.Join(" | ", said)}");
        }
    }
}
