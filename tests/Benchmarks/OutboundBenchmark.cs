using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Queue;
using PluginMail.SmtpClient;

namespace PluginMail.Benchmarks;

/// <summary>
/// Messages of 4 KiB to Postfix's smtp-sink on loopback, many senders at once over kept connections, and the same from Postfix's smtp-source.
/// </summary>
internal static class OutboundBenchmark
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        int senders = options.Number("senders", 40);
        int messages = options.Number("messages", options.IsQuick ? 200 : 1000);
        int octets = options.Number("octets", 4 << 10);
        int port = FreePort();
        using var sink = Process.Start(new ProcessStartInfo("smtp-sink", ["-u", "nobody", $"127.0.0.1:{port}", "1000"]))!;
        try
        {
            await WaitAsync(port);
            var settings = new SmtpClientOptions("bench.example.test")
            {
                Routes = new RouteTable([], new RelayRoute("127.0.0.1", port) { Tls = RouteTls.None }),
                MaximumMessagesPerConnection = 10_000,
            };
            await using var transport = new SmtpTransport(new NoDns(), new OpportunisticTls(), () => settings, TimeProvider.System, NullLogger.Instance);
            var message = new OutboundMessage(
                "bench", "example.org", new EmailAddress("a", "example.test"), [new OutboundRecipient(new EmailAddress("b", "example.org"))],
                new MemoryContent(SampleMessages.Text(octets)));
            await SendAsync(transport, message, senders, messages);
            List<(double Rate, double Octets, double Processor)> rounds = [];
            List<double> peer = [];
            for (int round = 0; round < options.Rounds; round++)
            {
                rounds.Add(await SendAsync(transport, message, senders, messages));
                peer.Add(await SourceAsync(port, senders, messages, octets));
            }

            Console.WriteLine(
                $"{senders} senders, {octets:N0} octets: {InterleavedRounds.Median(rounds.Select(sample => sample.Rate)):N0} messages/s, "
                + $"{InterleavedRounds.Median(rounds.Select(sample => sample.Processor)):N1} us of processor and "
                + $"{InterleavedRounds.Median(rounds.Select(sample => sample.Octets)):N0} octets allocated a message; "
                + $"smtp-source: {InterleavedRounds.Median(peer):N0} messages/s");
        }
        finally
        {
            sink.Kill();
        }
    }

    private static async Task<(double Rate, double Octets, double Processor)> SendAsync(SmtpTransport transport, OutboundMessage message, int senders, int messages)
    {
        int total = senders * messages;
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long octets = GC.GetTotalAllocatedBytes(precise: true);
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < messages; i++)
            {
                ImmutableArray<OutboundOutcome> outcomes = await transport.SendAsync(message, CancellationToken.None);
                if (!outcomes[0].Reply.IsPositive)
                {
                    throw new InvalidOperationException($"a message was not taken: {outcomes[0].Reply}");
                }
            }
        })));
        TimeSpan took = Stopwatch.GetElapsedTime(begun);
        return (
            total / took.TotalSeconds,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - octets) / total,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / total);
    }

    private static async Task<double> SourceAsync(int port, int senders, int messages, int octets)
    {
        long begun = Stopwatch.GetTimestamp();
        using var source = Process.Start(new ProcessStartInfo(
            "smtp-source", ["-d", "-s", $"{senders}", "-m", $"{senders * messages}", "-l", $"{octets}", "-f", "a@example.test", "-t", "b@example.org", $"127.0.0.1:{port}"]))!;
        await source.WaitForExitAsync();
        return senders * messages / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static async Task WaitAsync(int port)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    private sealed class NoDns : IDnsResolver
    {
        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new DnsAnswer(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false));
    }
}
