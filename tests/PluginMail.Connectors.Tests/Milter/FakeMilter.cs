using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>A milter that says what a test wants. Packets are written as their letter and data; a NUL is shown as a bar.</summary>
internal sealed class FakeMilter : IAsyncDisposable
{
    private static readonly Dictionary<char, uint> Unanswered = new()
    {
        ['C'] = 0x1000, ['H'] = 0x2000, ['M'] = 0x4000, ['R'] = 0x8000, ['T'] = 0x10000, ['L'] = 0x80, ['N'] = 0x40000, ['B'] = 0x80000, ['U'] = 0x20000,
    };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly string _terms;
    private readonly uint _steps;

    public FakeMilter(uint version = 6, uint actions = 0x1ff, uint steps = 0, string macros = "")
    {
        _steps = steps;
        _terms = Number(version) + Number(actions) + Number(steps) + macros;
        _listener.Start();
        _serving.Add(ListenAsync());
    }

    /// <summary>What is answered: packets, as "c" or "yTEXT|"; null is silence. Negotiation is asked too.</summary>
    public Func<string, string[]?> Answers { get; init; } = static _ => ["c"];

    /// <summary>What was heard, macros apart.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>Macros, as "C:j|mx|".</summary>
    public ConcurrentQueue<string> Macros { get; } = new();

    public int Connections { get; private set; }

    public string Address => $"inet:127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";

    public string Commands => string.Concat(Heard.Select(heard => heard[0]));

    public static string Number(uint value)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Encoding.Latin1.GetString(octets);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        foreach (var task in _serving)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token);
            Connections++;
            _serving.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var client = socket;
        await using var stream = new NetworkStream(client);
        byte[] length = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(length, _stop.Token);
            byte[] packet = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await stream.ReadExactlyAsync(packet, _stop.Token);
            string heard = Encoding.Latin1.GetString(packet).Replace('\0', '|');
            if (heard[0] == 'D')
            {
                Macros.Enqueue($"{heard[1]}:{heard[2..]}");
                continue;
            }

            string[]? answers = Answers(heard);
            if (heard[0] == 'O')
            {
                answers = answers is ["c"] ? [$"O{_terms}"] : answers;
            }
            else
            {
                Heard.Enqueue(heard);
            }

            if (heard[0] is 'Q' || answers is ["close"])
            {
                return;
            }

            if (heard[0] is 'A' or 'K' || answers is null || (Unanswered.TryGetValue(heard[0], out uint flag) && (_steps & flag) != 0))
            {
                continue;
            }

            foreach (string answer in answers)
            {
                byte[] said = Encoding.Latin1.GetBytes(answer[0] == 'O' ? answer : answer.Replace('|', '\0'));
                BinaryPrimitives.WriteInt32BigEndian(length, said.Length);
                await stream.WriteAsync((byte[])[.. length, .. said], _stop.Token); // in one piece: miltertest does not wait for a second
            }
        }
    }
}
