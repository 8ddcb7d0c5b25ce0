using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace PluginMail.Dns.Tests;

/// <summary>A query as the server saw it.</summary>
internal sealed record Seen(byte[] Message, bool IsTcp, IPEndPoint From)
{
    public int Id => BinaryPrimitives.ReadUInt16BigEndian(Message);

    public bool IsExtended => Message[11] == 1;

    public string Name => string.Join('.', Labels());

    private IEnumerable<string> Labels()
    {
        for (int at = 12; Message[at] > 0; at += Message[at] + 1)
        {
            yield return System.Text.Encoding.ASCII.GetString(Message, at + 1, Message[at]);
        }
    }
}

/// <summary>A name server on UDP and TCP that says what the test's script says: no, one or many packets for each query.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Func<Seen, IEnumerable<byte[]>> _script;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Seen> _seen = Channel.CreateUnbounded<Seen>();
    private readonly Task _running;

    public ScriptedServer(Func<Seen, IEnumerable<byte[]>> script)
    {
        _script = script;
        (_udp, _tcp) = Bind();
        _tcp.Listen();
        _running = Task.WhenAll(RunUdpAsync(), RunTcpAsync());
    }

    public ScriptedServer(Func<Seen, byte[]> script)
        : this(seen => [script(seen)])
    {
    }

    public static ScriptedServer Silent => new(_ => Enumerable.Empty<byte[]>());

    public IPEndPoint EndPoint => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>Queries so far.</summary>
    public int Count { get; private set; }

    /// <summary>The next query that was received.</summary>
    public async Task<Seen> NextAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await _seen.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Sends something to whoever asked.</summary>
    public Task<int> SendAsync(byte[] packet, IPEndPoint to) => _udp.SendToAsync(packet, to);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _udp.Dispose();
        _tcp.Dispose();
        _stopping.Dispose();
    }

    private static (Socket Udp, Socket Tcp) Bind()
    {
        while (true)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                tcp.Bind(udp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException)
            {
                udp.Dispose(); // the port is taken for TCP: another one
                tcp.Dispose();
            }
        }
    }

    private async Task RunUdpAsync()
    {
        byte[] buffer = new byte[4096];
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                var seen = new Seen(buffer[..received.ReceivedBytes], IsTcp: false, (IPEndPoint)received.RemoteEndPoint);
                foreach (byte[] packet in Answer(seen))
                {
                    await SendAsync(packet, seen.From);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // stopped, or the client is gone
            }
        }
    }

    private async Task RunTcpAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using Socket client = await _tcp.AcceptAsync(_stopping.Token);
                await using var stream = new NetworkStream(client);
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length, _stopping.Token);
                byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _stopping.Token);
                foreach (byte[] packet in Answer(new Seen(query, IsTcp: true, (IPEndPoint)client.RemoteEndPoint!)))
                {
                    await stream.WriteAsync((byte[])[(byte)(packet.Length >> 8), (byte)packet.Length], _stopping.Token);
                    await stream.WriteAsync(packet, _stopping.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // stopped, or the client is gone
            }
        }
    }

    private IEnumerable<byte[]> Answer(Seen seen)
    {
        Count++;
        _seen.Writer.TryWrite(seen);
        return _script(seen);
    }
}
