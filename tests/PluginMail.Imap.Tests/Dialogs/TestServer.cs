using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;
using PluginMail.Transport;

namespace PluginMail.Imap.Tests;

/// <summary>An IMAP server over a store, for clients in memory.</summary>
internal sealed class TestServer : IMailboxEvents, IAsyncDisposable
{
    private readonly ConcurrentQueue<MailboxEvent> _events = new();
    private readonly string _folder;

    private TestServer(string folder, IMailStore store, Account account, bool allowsPlainText, ImapOptions options, TimeProvider clock)
    {
        _folder = folder;
        Store = store;
        Account = account;
        Clock = clock;
        Protocol = new ImapServer(Store, new TestSignIn(account, allowsPlainText), this, options, clock, NullLogger<ImapServer>.Instance);
    }

    public static ImapOptions Options { get; } = new()
    {
        Hostname = "mail.example.test",
        MaximumMessageSize = 8 * 1024 * 1024,
        Annotations = new ServerAnnotations(new Dictionary<string, string> { ["/shared/admin"] = "mailto:postmaster@example.test" }),
    };

    /// <summary>A server over a new store with one account.</summary>
    public static async Task<TestServer> StartAsync(
        bool allowsPlainText = true, ImapOptions? options = null, TimeProvider? clock = null, long quota = 0, Func<IMailStore, IMailStore>? wrap = null)
    {
        string folder = Directory.CreateTempSubdirectory("imap-tests-").FullName;
        SqliteMailStore store = await SqliteMailStore.OpenAsync(new StoreOptions(folder), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var address = new EmailAddress("anna", "example.test");
        await store.Directory.AddDomainAsync("example.test", CancellationToken.None);
        await store.Directory.AddAccountAsync(address, "Anna", quota, ScramVerifier.Create("secret", 1), [], CancellationToken.None);
        Account? account = await store.Directory.FindAccountAsync(address, CancellationToken.None);
        return new TestServer(folder, wrap?.Invoke(store) ?? store, account!, allowsPlainText, options ?? Options, clock ?? TimeProvider.System);
    }

    public Account Account { get; }

    public string Folder => _folder;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public IMailStore Store { get; }

    public TimeProvider Clock { get; }

    public ImapServer Protocol { get; }

    public IReadOnlyCollection<MailboxEvent> Events => _events;

    public void Publish(MailboxEvent change) => _events.Enqueue(change);

    public TestClient Connect() => new(this);

    public async Task<TestClient> SignInAsync()
    {
        TestClient client = Connect();
        await client.ReadLineAsync();
        await client.DoAsync("LOGIN anna secret");
        return client;
    }
}

/// <summary>A client in memory.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly CancellationTokenSource _end = new(TimeSpan.FromSeconds(60));
    private readonly CancellationTokenSource _cut = new();
    private readonly Task _serving;
    private int _tag;

    public TestClient(TestServer server)
    {
        var connection = new MailConnection(
            "test", new Ends(_toServer.Reader, _toClient.Writer), null, null, null, server.Clock, () => _cut.Cancel());
        _serving = Task.Run(async () =>
        {
            try
            {
                await server.Protocol.ServeAsync(connection, _cut.Token);
            }
            finally
            {
                await _toClient.Writer.CompleteAsync();
                await _toServer.Reader.CompleteAsync();
            }
        });
    }

    /// <summary>Ends when the session has ended.</summary>
    public Task Serving => _serving;

    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await _toServer.Writer.WriteAsync(octets);

    public Task SendLineAsync(string line) => SendAsync(Encoding.Latin1.GetBytes(line + "\r\n"));

    /// <summary>The next line, Latin-1, without its end; null when the server has closed.</summary>
    public async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            ReadResult read = await _toClient.Reader.ReadAsync(_end.Token);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                _toClient.Reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>Sends a command and reads up to its tagged reply, which must be OK.</summary>
    /// <returns>All that came before the tagged reply, and the reply, Latin-1.</returns>
    public async Task<string> DoAsync(string command)
    {
        string reply = await TryAsync(command);
        Assert.Contains($"\r\nt{_tag} OK", "\r\n" + reply, StringComparison.Ordinal);
        return reply;
    }

    /// <summary>As <see cref="DoAsync"/>, octet by octet: line ends stay as they are.</summary>
    public async Task<string> DoRawAsync(string command)
    {
        string tag = $"t{++_tag}";
        await SendLineAsync($"{tag} {command}");
        var text = new StringBuilder();
        while (true)
        {
            ReadResult read = await _toClient.Reader.ReadAsync(_end.Token);
            text.Append(Encoding.Latin1.GetString(read.Buffer));
            _toClient.Reader.AdvanceTo(read.Buffer.End);
            string all = text.ToString();
            if (all.Contains($"\r\n{tag} OK", StringComparison.Ordinal) && all.EndsWith("\r\n", StringComparison.Ordinal))
            {
                return all;
            }

            Assert.False(read.IsCompleted, all);
        }
    }

    public async Task<string> TryAsync(string command)
    {
        string tag = $"t{++_tag}";
        await SendLineAsync($"{tag} {command}");
        return await ReadToTagAsync(tag);
    }

    public async Task<string> AppendAsync(string mailbox, byte[] message, string arguments = "")
    {
        string tag = $"t{++_tag}";
        await SendLineAsync($"{tag} APPEND {mailbox} {arguments}{{{message.Length}+}}");
        await SendAsync(message);
        await SendLineAsync("");
        return await ReadToTagAsync(tag);
    }

    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _toClient.Reader.CompleteAsync();
        await _serving;
        _end.Dispose();
        _cut.Dispose();
    }

    private async Task<string> ReadToTagAsync(string tag)
    {
        var text = new StringBuilder();
        while (await ReadLineAsync() is { } line)
        {
            text.Append(line).Append("\r\n");
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                break;
            }
        }

        return text.ToString();
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
