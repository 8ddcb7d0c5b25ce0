using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests;

/// <summary>A host whose replies a test chooses. It keeps the commands and messages it got.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    /// <summary>The "reply" that closes the connection.</summary>
    public const string Drop = "(drop)";

    /// <summary>The "reply" that never comes.</summary>
    public const string Silence = "(silence)";

    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _sessions = [];
    private readonly Task _accepting;
    private readonly ConcurrentQueue<string> _silences = [];

    public ScriptedPeer(IPAddress? address = null, string? unixSocket = null, int port = 0)
    {
        _listener = unixSocket is null
            ? new Socket((address ?? IPAddress.Loopback).AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(unixSocket is null ? new IPEndPoint(address ?? IPAddress.Loopback, port) : new UnixDomainSocketEndPoint(unixSocket));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Keywords of EHLO.</summary>
    public List<string> Capabilities { get; } = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 10000000", "DSN", "SMTPUTF8"];

    /// <summary>Replies that differ from the usual: by "CONNECT", "HANDSHAKE", the verb, "DOT", or "DOT n" for the n-th recipient of LMTP.</summary>
    public Dictionary<string, string> Replies { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Chooses a reply by command; null leaves it to <see cref="Replies"/>.</summary>
    public Func<string, string?> Choose { get; set; } = static _ => null;

    /// <summary>Shown in TLS; null offers none.</summary>
    public X509Certificate2? Certificate { get; set; }

    public bool IsTlsImplicit { get; set; }

    public bool IsLmtp { get; set; }

    public ConcurrentQueue<string> Commands { get; } = [];

    public ConcurrentQueue<byte[]> Messages { get; } = [];

    public int Connections { get; private set; }

    /// <summary>The commands' verbs with a space between.</summary>
    public string Verbs => string.Join(' ', Commands.Select(static command => command.Split(' ', ':')[0]));

    /// <summary>How long is waited for this peer: each time unlike the others, so that they tell what is waited for.</summary>
    public static SmtpTimeouts Timeouts { get; } = new()
    {
        Greeting = TimeSpan.FromSeconds(301),
        Hello = TimeSpan.FromSeconds(302),
        Mail = TimeSpan.FromSeconds(303),
        Recipient = TimeSpan.FromSeconds(304),
    };

    /// <summary>Lets time pass when this peer is silent and just that reply is waited for: what is done about its silence takes none.</summary>
    public async Task<T> WhileSilentAsync<T>(FakeTime clock, Func<Task<T>> work)
    {
        Task<T> running = work();
        while (!running.IsCompleted)
        {
            if (_silences.TryPeek(out string? step) && clock.IsAwaited(LongestWaitFor(step)))
            {
                _silences.TryDequeue(out _);
                clock.Advance(LongestWaitFor(step));
            }

            await Task.WhenAny(running, Task.Delay(10));
        }

        return await running;
    }

    private static TimeSpan LongestWaitFor(string step) => step switch
    {
        "CONNECT" => Timeouts.Greeting,
        "HANDSHAKE" => Timeouts.Handshake,
        "MAIL" => Timeouts.Mail,
        "RCPT" => Timeouts.Recipient,
        "DATA" => Timeouts.DataStart,
        "DOT" => Timeouts.DataEnd,
        _ => Timeouts.Hello,
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_end.Token);
                Connections++;
                _sessions.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            await using var session = new Session(this, new NetworkStream(client, ownsSocket: true), _end.Token);
            await session.RunAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
        }
    }

    private sealed class Session(ScriptedPeer peer, Stream stream, CancellationToken end) : IAsyncDisposable
    {
        private readonly List<byte> _read = [];
        private readonly StringBuilder _unsent = new();
        private readonly List<byte> _chunks = [];
        private Stream _stream = stream;
        private int _recipients;
        private bool _isOpen;

        public ValueTask DisposeAsync() => _stream.DisposeAsync();

        public async Task RunAsync()
        {
            if (peer.IsTlsImplicit && !await SecureAsync())
            {
                return;
            }

            bool goesOn = await SayAsync("CONNECT", "CONNECT", "220 peer.example ESMTP");
            while (goesOn && await LineAsync() is { } line)
            {
                peer.Commands.Enqueue(line);
                goesOn = await HandleAsync(line, line.Split(' ', ':')[0].ToUpperInvariant());
            }

            await FlushAsync();
        }

        private async Task<bool> HandleAsync(string line, string verb)
        {
            switch (verb)
            {
                case "EHLO" or "LHLO":
                    IEnumerable<string> lines = peer.Capabilities.Prepend("peer.example");
                    if (peer.Certificate is not null && _stream is NetworkStream)
                    {
                        lines = lines.Append("STARTTLS");
                    }

                    string[] all = [.. lines];
                    return await SayAsync(line, verb, string.Join("\r\n", all.Select((text, i) => $"250{(i < all.Length - 1 ? '-' : ' ')}{text}")));
                case "STARTTLS":
                    return await SayAsync(line, verb, "220 go") && (!LastReply.StartsWith('2') || await SecureAsync());
                case "MAIL":
                    bool said = await SayAsync(line, verb, "250 2.1.0 sender ok");
                    (_recipients, _isOpen) = (0, LastReply.StartsWith('2'));
                    return said;
                case "RCPT":
                    bool isOk = await SayAsync(line, verb, _isOpen ? "250 2.1.5 recipient ok" : "503 5.5.1 no MAIL");
                    _recipients += LastReply.StartsWith('2') ? 1 : 0;
                    return isOk;
                case "DATA":
                    return await SayAsync(line, verb, _recipients > 0 ? "354 go" : "554 5.5.1 no valid recipients") && (!LastReply.StartsWith('3') || await DataAsync());
                case "BDAT":
                    return await ChunkAsync(line);
                case "QUIT":
                    await SayAsync(line, verb, "221 2.0.0 bye");
                    return false;
                default:
                    return await SayAsync(line, verb, "250 2.0.0 ok");
            }
        }

        private async Task<bool> DataAsync()
        {
            var message = new List<byte>();
            int start = 0;
            while (true)
            {
                if (!await OctetAsync(message))
                {
                    return false;
                }

                if (message.Count - start >= 2 && message[^1] == '\n' && message[^2] == '\r')
                {
                    if (message.Count - start == 3 && message[start] == '.')
                    {
                        break;
                    }

                    if (message[start] == '.')
                    {
                        message.RemoveAt(start);
                    }

                    start = message.Count;
                }
            }

            peer.Messages.Enqueue([.. message.Take(start)]);
            return await EndAsync();
        }

        private async Task<bool> ChunkAsync(string line)
        {
            int length = int.Parse(line.Split(' ')[1]);
            for (int i = 0; i < length; i++)
            {
                if (!await OctetAsync(_chunks))
                {
                    return false;
                }
            }

            if (!line.EndsWith("LAST", StringComparison.Ordinal))
            {
                return await SayAsync(line, "BDAT", "250 2.0.0 chunk ok");
            }

            if (_recipients > 0)
            {
                peer.Messages.Enqueue([.. _chunks]);
            }

            _chunks.Clear();
            return _recipients > 0 ? await EndAsync() : await SayAsync(line, "BDAT", "503 5.5.1 no valid recipients");
        }

        private async Task<bool> EndAsync()
        {
            if (!peer.IsLmtp)
            {
                return await SayAsync("DOT", "DOT", "250 2.0.0 queued");
            }

            for (int i = 1; i <= _recipients; i++)
            {
                if (!await SayAsync($"DOT {i}", $"DOT {i}", $"250 2.0.0 delivered {i}"))
                {
                    return false;
                }
            }

            return true;
        }

        private string LastReply { get; set; } = "";

        private async Task<bool> SayAsync(string command, string key, string otherwise)
        {
            string reply = peer.Choose(command) ?? (peer.Replies.TryGetValue(key, out string? scripted) ? scripted : otherwise);
            LastReply = reply;
            if (reply == Drop)
            {
                await FlushAsync();
                return false;
            }

            if (reply == Silence)
            {
                await FlushAsync();
                await BeSilentAsync(key);
            }

            _unsent.Append(reply).Append("\r\n");
            return true;
        }

        private Task BeSilentAsync(string step)
        {
            peer._silences.Enqueue(step);
            return Task.Delay(Timeout.Infinite, end);
        }

        private async Task<bool> SecureAsync()
        {
            await FlushAsync();
            if (peer.Replies.TryGetValue("HANDSHAKE", out string? fault))
            {
                if (fault == Silence)
                {
                    await BeSilentAsync("HANDSHAKE");
                }

                await _stream.WriteAsync(Encoding.ASCII.GetBytes(fault), end);
                return false;
            }

            var tls = new SslStream(_stream);
            _stream = tls;
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = peer.Certificate }, end);
            return true;
        }

        private async Task FlushAsync()
        {
            if (_unsent.Length > 0)
            {
                await _stream.WriteAsync(Encoding.UTF8.GetBytes(_unsent.ToString()), end);
                _unsent.Clear();
            }
        }

        private async Task<string?> LineAsync()
        {
            var line = new List<byte>();
            while (await OctetAsync(line))
            {
                if (line[^1] == '\n')
                {
                    return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
                }
            }

            return null;
        }

        private async Task<bool> OctetAsync(List<byte> line)
        {
            if (_read.Count == 0)
            {
                await FlushAsync();
                byte[] buffer = new byte[16 * 1024];
                int count = await _stream.ReadAsync(buffer, end);
                if (count == 0)
                {
                    return false;
                }

                _read.AddRange(buffer.AsSpan(0, count));
                _read.Reverse();
            }

            line.Add(_read[^1]);
            _read.RemoveAt(_read.Count - 1);
            return true;
        }
    }
}
