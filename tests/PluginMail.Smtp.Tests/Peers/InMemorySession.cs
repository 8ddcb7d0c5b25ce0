using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Transport;

namespace PluginMail.Smtp.Tests;

/// <summary>The real server over pipes in memory, seen by its client.</summary>
internal sealed class InMemorySession : IDuplexPipe, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    public InMemorySession(
        SmtpOptions options, RecordingSessions sessions, ScriptedSignIn? signIn = null, ServerCertificate? certificate = null, ILogger? log = null)
    {
        Sessions = sessions;
        Connection = new MailConnection("test-session", this, null, null, certificate, Clock, () => _end.Cancel());
        var server = new SmtpServer(options, sessions, signIn ?? new ScriptedSignIn(), Clock, log ?? NullLogger.Instance);
        _serving = Task.Run(() => ServeAsync(server));
    }

    public FakeTime Clock { get; } = new();

    public MailConnection Connection { get; }

    public RecordingSessions Sessions { get; }

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _toClient.Writer;

    public ValueTask<FlushResult> SendAsync(string latin1) => SendAsync(Encoding.Latin1.GetBytes(latin1));

    public ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> octets) => _toServer.Writer.WriteAsync(octets);

    /// <summary>The next line without its end; null at the end of the connection.</summary>
    public async Task<string?> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            ReadResult result = await _toClient.Reader.ReadAsync(patience.Token);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.UTF8.GetString(result.Buffer.Slice(0, end));
                _toClient.Reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                Assert.EndsWith("\r", line, StringComparison.Ordinal);
                return line[..^1];
            }

            _toClient.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                Assert.True(result.Buffer.IsEmpty);
                return null;
            }
        }
    }

    /// <summary>All lines of a reply.</summary>
    public async Task<string> ReadReplyAsync()
    {
        var lines = new List<string>();
        while (await ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Length < 4 || line[3] != '-')
            {
                break;
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>Sends a line and gives the reply.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>Whether the server has said anything that was not read.</summary>
    public bool HasReply
    {
        get
        {
            if (!_toClient.Reader.TryRead(out ReadResult result))
            {
                return false;
            }

            bool has = !result.Buffer.IsEmpty;
            _toClient.Reader.AdvanceTo(result.Buffer.Start);
            return has;
        }
    }

    /// <summary>Waits until the session waits for its client.</summary>
    public async Task WaitUntilWaitingAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Connection.Reader.IsWaiting && !_serving.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        await WaitUntilWaitingAsync();
        Clock.Advance(time);
        Connection.Watch();
    }

    /// <summary>Lets time pass for a session that waits for its client to take replies, until it is cut.</summary>
    public async Task AdvanceWhileBlockedAsync(TimeSpan time)
    {
        Clock.Advance(time);
        Connection.Watch();
        await _toClient.Reader.CompleteAsync();
        await _serving.WaitAsync(Patience);
        await _toServer.Reader.CompleteAsync();
    }

    public async Task StopAsync()
    {
        await WaitUntilWaitingAsync();
        Connection.AnnounceStop();
    }

    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _toClient.Reader.CompleteAsync();
        await _serving.WaitAsync(Patience);
        _end.Dispose();
    }

    private async Task ServeAsync(SmtpServer server)
    {
        try
        {
            await server.ServeAsync(Connection, _end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The connection was cut.
        }
        finally
        {
            await _toClient.Writer.CompleteAsync();
        }
    }
}
