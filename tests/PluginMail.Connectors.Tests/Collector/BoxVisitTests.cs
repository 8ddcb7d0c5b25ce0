using PluginMail.Collector.Accounts;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>How far a folder counts as gone through when a visit is broken off.</summary>
public sealed class BoxVisitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_fetched_and_not_taken_is_listed_again(bool isBrokenOff)
    {
        using var bench = new CollectorBench();
        using var stop = new CancellationTokenSource();
        var box = new FetchedBox();
        var checkpoints = new Checkpoints();
        if (isBrokenOff)
        {
            bench.Mail.Answer = _ =>
            {
                stop.Cancel();
                throw new OperationCanceledException(stop.Token);
            };
        }

        var visit = new BoxVisit(bench.Context(CollectorBench.Account(RemoteProtocol.Imap, 1)), box, checkpoints, new VisitCount { Budget = 10 }, CancellationToken.None);
        await visit.RunAsync(stop.Token);
        Assert.Equal(isBrokenOff ? 0 : 1, bench.Mail.Letters.Count);
        Assert.Equal(isBrokenOff ? null : box.Checkpoint, checkpoints.Since(box.Name, box.Checkpoint, bench.Clock.GetUtcNow()));
    }

    /// <summary>A folder of one message, which is fetched to its end whatever happens meanwhile.</summary>
    private sealed class FetchedBox : IRemoteBox
    {
        private static readonly RemoteMessage Only = new("1", 1, 20);

        public string Name => "INBOX";

        public string? LocalFolder => null;

        public string Validity => "7";

        public Checkpoint? Checkpoint { get; } = new("7", 2, 5);

        public ValueTask<IReadOnlyList<RemoteMessage>> ListAsync(CancellationToken cancellationToken) => new([Only]);

        public ValueTask<IReadOnlyList<RemoteMessage>> ListSinceAsync(
            Checkpoint since, IReadOnlyCollection<string> others, CancellationToken cancellationToken) => new([]);

        public ValueTask FetchAsync(IReadOnlyList<RemoteMessage> messages, IMessageReceiver receiver, CancellationToken cancellationToken)
        {
            var spool = new MessageSpool(receiver.SpoolFolder, 20, 1000);
            spool.Write("Subject: m1\r\n\r\nbody\r\n"u8);
            return receiver.TakeAsync(Assert.Single(messages), spool, cancellationToken);
        }

        public ValueTask<IReadOnlyDictionary<string, byte[]>> FetchFingerprintsAsync(
            IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken) => new(new Dictionary<string, byte[]>());

        public ValueTask<IReadOnlyList<RemoteMessage>> DeleteAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken) => new(messages);

        public ValueTask<IReadOnlyList<RemoteMessage>> MarkSeenAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken) => new(messages);
    }
}
