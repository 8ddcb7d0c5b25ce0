using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>A mail server that takes every message and notes its Message-ID with the connection it came over. Closed, it puts everybody off.</summary>
internal sealed class CountingSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private readonly List<Arrival> _arrivals = [];
    private readonly HashSet<string> _different = new(StringComparer.Ordinal);
    private TaskCompletionSource _awaited = new();
    private int _awaitedCount = int.MaxValue;
    private int _connections;

    public CountingSink()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it takes mail; else it says 421 to whoever connects.</summary>
    public volatile bool IsOpen;

    /// <summary>Which life of the sender it is: stands in each arrival over a connection that began in it.</summary>
    public volatile int Life;

    /// <summary>How many different messages have arrived.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _different.Count;
            }
        }
    }

    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_lock)
            {
                return [.. _arrivals];
            }
        }
    }

    /// <summary>Waits until so many different messages have arrived.</summary>
    public Task UntilAsync(int count)
    {
        lock (_lock)
        {
            _awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaitedCount = count;
            Notify();
            return _awaited.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions);
        _end.Dispose();
    }

    private void Notify()
    {
        if (_different.Count >= _awaitedCount)
        {
            _awaited.TrySetResult();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                client.NoDelay = true;
                int connection = ++_connections;
                int life = Life;
                _sessions.Add(Task.Run(() => ServeAsync(client, connection, life)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, int connection, int life)
    {
        using (client)
        {
            try
            {
                await using var stream = new BufferedStream(client.GetStream(), 16 * 1024);
                if (!IsOpen)
                {
                    await SayAsync(stream, "421 4.3.2 closed");
                    return;
                }

                await SayAsync(stream, "220 sink.test ESMTP");
                using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, bufferSize: 16 * 1024, leaveOpen: true);
                while (await reader.ReadLineAsync(_end.Token) is { } command)
                {
                    await AnswerAsync(stream, reader, command, connection, life);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The sender was killed, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(Stream stream, StreamReader reader, string command, int connection, int life)
    {
        switch (command.Split(' ', ':')[0].ToUpperInvariant())
        {
            case "EHLO":
                await SayAsync(stream, "250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME");
                break;
            case "DATA":
                await SayAsync(stream, "354 go");
                string? id = null;
                int lines = 0;
                while (await reader.ReadLineAsync(_end.Token) is { } line)
                {
                    if (line == ".")
                    {
                        Note(new Arrival(id ?? "none", connection, life, lines));
                        await SayAsync(stream, "250 2.0.0 taken");
                        return;
                    }

                    lines++;
                    id ??= line.StartsWith("Message-ID: ", StringComparison.OrdinalIgnoreCase) ? line[12..].Trim('<', '>') : null;
                }

                throw new IOException("the sender was cut off within a message");
            case "QUIT":
                await SayAsync(stream, "221 2.0.0 bye");
                break;
            default:
                await SayAsync(stream, "250 2.0.0 ok");
                break;
        }
    }

    private void Note(Arrival arrival)
    {
        lock (_lock)
        {
            _arrivals.Add(arrival);
            _different.Add(arrival.MessageId);
            Notify();
        }
    }

    private async Task SayAsync(Stream stream, string reply)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), _end.Token);
        await stream.FlushAsync(_end.Token);
    }

    /// <summary>A message that came to its final dot.</summary>
    internal sealed record Arrival(string MessageId, int Connection, int Life, int Lines);
}
