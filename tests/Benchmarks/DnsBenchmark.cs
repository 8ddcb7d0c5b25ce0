using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Dns;

namespace PluginMail.Benchmarks;

/// <summary>Look-ups: those that the cache answers, and those that go to a server on loopback.</summary>
internal static class DnsBenchmark
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var server = new AnsweringServer();
        using StubResolver cached = Resolver(server, cache: 16 << 20);
        using StubResolver uncached = Resolver(server, cache: 0);
        Case[] cases =
        [
            LookUp("in the cache", cached, "mx.example.test"),
            LookUp("in the cache, other case and dot", cached, "MX.Example.test."),
            LookUp("asked over UDP", uncached, "mx.example.test"),
        ];
        Table.Print("look-ups of one A record", cases, await InterleavedRounds.MeasureAsync(options, cases));
    }

    private static StubResolver Resolver(AnsweringServer server, long cache) => new(
        () => new ResolverOptions { Servers = [server.EndPoint], CacheSize = cache }, TimeProvider.System, NullLogger.Instance);

    private static Case LookUp(string name, StubResolver resolver, string host) => new(name, async count =>
    {
        for (int i = 0; i < count; i++)
        {
            DnsAnswer answer = await resolver.QueryAsync(host, DnsRecordType.A, default);
            if (answer.Status != DnsStatus.Found)
            {
                throw new InvalidOperationException($"{host}: {answer.Status}");
            }
        }
    });

    /// <summary>Answers every question with one address, for a day.</summary>
    private sealed class AnsweringServer : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public AnsweringServer()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _ = Task.Run(RunAsync);
        }

        public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

        public void Dispose() => _socket.Dispose();

        private async Task RunAsync()
        {
            byte[] record = [0xC0, 0x0C, 0, 1, 0, 1, 0, 1, 0x51, 0x80, 0, 4, 192, 0, 2, 1];
            byte[] packet = new byte[1024];
            SocketAddress from = new(AddressFamily.InterNetwork);
            while (true)
            {
                try
                {
                    int length = await _socket.ReceiveFromAsync(packet.AsMemory(0, 512), SocketFlags.None, from);
                    length -= 11; // the OPT record
                    packet[2] = 0x81;
                    packet[3] = 0x80;
                    packet[7] = 1;
                    packet[11] = 0;
                    record.CopyTo(packet, length);
                    await _socket.SendToAsync(packet.AsMemory(0, length + record.Length), SocketFlags.None, from);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
