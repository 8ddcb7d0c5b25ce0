using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PluginMail.Connectors.Tests.Icap;

/// <summary>An ICAP service that says what a test wants, and keeps what it was asked.</summary>
internal sealed class FakeIcap : IAsyncDisposable
{
    public const string Clean = "ICAP/1.0 204 No Content\r\nISTag: \"1\"\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly X509Certificate2? _certificate;

    /// <summary>Starts one, with TLS where it has a certificate.</summary>
    public FakeIcap(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _serving.Add(ListenAsync());
    }

    /// <summary>The answer to OPTIONS.</summary>
    public string Options { get; set; } = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nAllow: 204\r\nEncapsulated: null-body=0\r\n\r\n";

    /// <summary>The answers to a request, from its head and its body (of a preview, the preview): null is silence until <see cref="Silence"/> ends, "close" the end.</summary>
    public Func<string, string, string?> Answer { get; init; } = static (_, _) => Clean;

    /// <summary>Heads of requests, encapsulated ones included, and OPTIONS.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    public ConcurrentQueue<string> Bodies { get; } = new();

    public int Connections { get; private set; }

    public int Open { get; private set; }

    public int MostOpen { get; private set; }

    /// <summary>Ends the silence: those who wait are told that they are clean.</summary>
    public TaskCompletionSource Silence { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the first request that is met by silence.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Address => $"{(_certificate is null ? "icap" : "icaps")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}/scan";

    public static string Modified(string headers, string http, string body) =>
        $"ICAP/1.0 200 OK\r\n{headers}Encapsulated: res-hdr=0, res-body={http.Length}\r\n\r\n{http}{body.Length:x}\r\n{body}\r\n0\r\n\r\n";

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
        await using Stream stream = _certificate is null ? new NetworkStream(client) : new SslStream(new NetworkStream(client));
        if (stream is SslStream encrypted)
        {
            await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        }

        lock (_stop)
        {
            MostOpen = Math.Max(MostOpen, ++Open);
        }

        try
        {
            while (await RequestAsync(stream))
            {
            }
        }
        finally
        {
            lock (_stop)
            {
                Open--;
            }
        }
    }

    private async Task<bool> RequestAsync(Stream stream)
    {
        string head = await ReadHeadAsync(stream);
        if (head.StartsWith("OPTIONS", StringComparison.Ordinal))
        {
            Heads.Enqueue(head);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(Options), _stop.Token);
            return true;
        }

        int parts = head.Contains("res-hdr=", StringComparison.Ordinal) ? 2 : 1;
        for (int i = 0; i < parts; i++)
        {
            head += await ReadHeadAsync(stream);
        }

        Heads.Enqueue(head);
        var (body, isWhole) = await ReadChunksAsync(stream);
        string? answer = Answer(head, body);
        if (answer?.StartsWith("ICAP/1.0 100", StringComparison.Ordinal) == true && !isWhole)
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
            body += (await ReadChunksAsync(stream)).Body;
            answer = Answer("rest", body);
        }

        Bodies.Enqueue(body);
        if (answer is null)
        {
            Asked.TrySetResult();
            await Silence.Task.WaitAsync(_stop.Token);
            answer = Clean;
        }

        if (answer != "close")
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
        }

        return answer != "close" && !answer.Contains("Connection: close", StringComparison.Ordinal);
    }

    private async Task<(string Body, bool IsWhole)> ReadChunksAsync(Stream stream)
    {
        var body = new StringBuilder();
        while (true)
        {
            string line = await ReadLineAsync(stream);
            int length = int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            byte[] chunk = new byte[length];
            await stream.ReadExactlyAsync(chunk, _stop.Token);
            body.Append(Encoding.Latin1.GetString(chunk));
            await ReadLineAsync(stream);
            if (length == 0)
            {
                return (body.ToString(), line.Contains("ieof", StringComparison.Ordinal));
            }
        }
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        string line;
        do
        {
            line = await ReadLineAsync(stream);
            head.Append(line).Append("\r\n");
        }
        while (line.Length > 0);
        return head.ToString();
    }

    private async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        byte[] octet = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(octet, _stop.Token);
            if (octet[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)octet[0]);
        }
    }
}
