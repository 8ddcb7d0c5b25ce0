using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Transport;

namespace PluginMail.Pop3.Tests;

/// <summary>A POP3 server over a store, and sessions with it over pipes in memory.</summary>
internal sealed class Pop3Fixture(
    IMailStore store, Pop3Options? options = null, bool requiresTls = false, IMailboxEvents? events = null, TimeProvider? clock = null)
{
    public Pop3Server Server { get; } = new(
        store,
        new SignInService(
            store.Directory,
            new NoRoles(),
            new NewAccounts(store, () => new NewAccountOptions(), NullLogger.Instance),
            new SignInOptions { RequiresTls = requiresTls, DefaultDomain = "example.test", Iterations = 4096, FirstDelay = TimeSpan.Zero },
            TimeProvider.System,
            NullLogger.Instance),
        events ?? new RecordedEvents(),
        options ?? new Pop3Options(),
        clock ?? TimeProvider.System,
        NullLogger.Instance);

    public Pop3Client Connect() => new(Server, clock ?? TimeProvider.System);

    private sealed class NoRoles : IRoleCatalog
    {
        public RoleSet Current => RoleSet.Empty;
    }
}

/// <summary>Remembers what observers would be told.</summary>
internal sealed class RecordedEvents : IMailboxEvents
{
    public ConcurrentQueue<MailboxEvent> Events { get; } = new();

    public void Publish(MailboxEvent change) => Events.Enqueue(change);
}

/// <summary>The client's end of a session.</summary>
internal sealed class Pop3Client
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));

    public Pop3Client(Pop3Server server, TimeProvider clock)
    {
        Connection = new MailConnection(
            "test", new Ends(_toServer.Reader, _toClient.Writer), remote: null, local: null, certificate: null, clock, static () => { });
        Served = ServeAsync(server, Connection);
    }

    public MailConnection Connection { get; }

    /// <summary>Completes when the server has ended the session.</summary>
    public Task Served { get; }

    public async Task SendAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] octets) => await _toServer.Writer.WriteAsync(octets);

    /// <summary>A line as Latin-1, without its CRLF; null at the end.</summary>
    public async Task<string?> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            ReadResult read = await _toClient.Reader.ReadAsync(limit.Token);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end));
                _toClient.Reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                Assert.EndsWith("\r", line, StringComparison.Ordinal);
                return line[..^1];
            }

            if (read.IsCompleted)
            {
                Assert.True(read.Buffer.IsEmpty);
                return null;
            }

            _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public async Task<string?> AskAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReadLineAsync();
    }

    public async Task SignInAsync()
    {
        await ReadLineAsync();
        Assert.StartsWith("+OK", await AskAsync("USER u"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await AskAsync("PASS a secret"), StringComparison.Ordinal);
    }

    /// <summary>The octets of a multi-line response, dots undone.</summary>
    public async Task<byte[]> ReadMessageAsync()
    {
        var octets = new MemoryStream();
        while (await ReadLineAsync() is { } line && line != ".")
        {
            octets.Write(Encoding.Latin1.GetBytes(line.StartsWith('.') ? line[1..] : line));
            octets.Write("\r\n"u8);
        }

        return octets.ToArray();
    }

    /// <summary>Closes the client's side.</summary>
    public async Task HangUpAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await Served.WaitAsync(Patience);
    }

    private async Task ServeAsync(Pop3Server server, MailConnection connection)
    {
        await Task.Yield();
        try
        {
            await server.ServeAsync(connection, CancellationToken.None);
        }
        finally
        {
            await _toClient.Writer.CompleteAsync();
            await _toServer.Reader.CompleteAsync();
        }
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
