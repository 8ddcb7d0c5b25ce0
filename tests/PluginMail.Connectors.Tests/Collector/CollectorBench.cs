using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Collector;
using PluginMail.Collector.Accounts;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>Visits of one account, with a ledger in a folder of its own and mailboxes in memory.</summary>
internal sealed class CollectorBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("collector-").FullName;
    private readonly SemaphoreSlim _slots = new(1);
    private readonly HttpClient _http = new();
    private readonly Meter _meter = new("collector");
    private Ledger _ledger;

    public CollectorBench() => _ledger = Ledger.Open(Path.Combine(_folder, "ledger.sqlite"));

    /// <summary>Where the mail goes.</summary>
    public TakenMail Mail { get; } = new();

    public TurnedClock Clock { get; } = new();

    public ListedLog Log { get; } = new();

    /// <summary>An account of a server on this machine.</summary>
    public static AccountSettings Account(RemoteProtocol protocol, int port, string user = "u1@example.test") => new()
    {
        Name = "work",
        Protocol = protocol,
        Host = "127.0.0.1",
        Port = port,
        Tls = TlsMode.None,
        AllowsPlainText = true,
        SignIn = new SignInSettings(SignInMethod.Password, user) { Password = "pass" },
        Folders = [new FolderRule("INBOX", "INBOX")],
        Recipients = new RecipientSettings(new EmailAddress("anna", "example.org"), [], [], null),
        Patience = TimeSpan.FromMinutes(2),
    };

    /// <summary>What visits an account.</summary>
    public AccountCollector Collector(AccountSettings account) => new(
        Context(account),
        new AccessTokens(account.SignIn, _http, Clock),
        _slots);

    /// <summary>What a visit of an account has to do with.</summary>
    public AccountContext Context(AccountSettings account) =>
        new(account, Mail, _ledger, Path.Combine(_folder, "spool"), Clock, new CollectorMetrics(_meter), Log);

    /// <summary>Makes the ledger fail, as a full disk does.</summary>
    public void BreakLedger()
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "ledger.sqlite"), Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DROP TABLE accounts";
        command.ExecuteNonQuery();
    }

    /// <summary>Visits once, with all that a start of the plugin makes anew.</summary>
    /// <returns>What was counted, and what went wrong last.</returns>
    public async Task<(VisitCount Count, string? Error)> VisitAsync(AccountSettings account, CancellationToken cancellationToken = default)
    {
        var count = await Collector(account).VisitAsync(retriesAll: false, cancellationToken);
        return (count, _ledger.LoadAccount(account.Identity).LastError);
    }

    /// <summary>How many messages of an account wait or are too large.</summary>
    public long CountUnsettled(AccountSettings account) => _ledger.CountUnsettled(account.Identity);

    /// <summary>Visits once, which must go well.</summary>
    public async Task<VisitCount> CollectAsync(AccountSettings account)
    {
        var (count, error) = await VisitAsync(account);
        Assert.True(error is null, $"{error}\n{string.Join('\n', Log.Lines)}");
        return count;
    }

    /// <summary>As a crash at a bad moment does: nothing of what was met is remembered.</summary>
    public void LoseLedger()
    {
        _ledger.Dispose();
        foreach (string file in Directory.EnumerateFiles(_folder))
        {
            File.Delete(file);
        }

        _ledger = Ledger.Open(Path.Combine(_folder, "ledger.sqlite"));
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _slots.Dispose();
        _http.Dispose();
        _meter.Dispose();
        Assert.Empty(Directory.Exists(Path.Combine(_folder, "spool")) ? Directory.GetFiles(Path.Combine(_folder, "spool")) : []);
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Takes mail as the server does: a key that it has met is a duplicate.</summary>
internal sealed class TakenMail : ISubmission
{
    private readonly ConcurrentDictionary<string, bool> _keys = new();
    private int _tries;

    public ConcurrentQueue<Letter> Letters { get; } = new();

    /// <summary>What is said in place of Accepted, for a recipient.</summary>
    public Func<string, SubmissionResult>? Answer { get; set; }

    /// <summary>Why it is not taken, for a recipient; null where it is.</summary>
    public Func<string, SmtpReply?>? Refusal { get; set; }

    /// <summary>How often anything was submitted.</summary>
    public int Tries => _tries;

    public IEnumerable<string> Subjects => Letters.Select(letter => letter.Field("Subject"));

    /// <summary>As the server: 550 5.1.1 is said of nobody but the unknown.</summary>
    public async ValueTask<SubmissionAnswer> SubmitForAnswerAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (Refusal?.Invoke(message.Envelope.Recipients[0].ToString()) is { } reply)
        {
            return new SubmissionAnswer(reply.IsTransient ? SubmissionResult.Failed : SubmissionResult.Refused)
            {
                Reply = reply,
                IsForNobodyHere = reply.Status is { Subject: 1, Detail: 1 },
            };
        }

        return new SubmissionAnswer(await SubmitAsync(message, idempotencyKey, cancellationToken));
    }

    public async ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        string recipient = message.Envelope.Recipients[0].ToString();
        Interlocked.Increment(ref _tries);
        if (Answer?.Invoke(recipient) is { } answer and not SubmissionResult.Accepted)
        {
            return answer;
        }

        if (!_keys.TryAdd(idempotencyKey, value: true))
        {
            return SubmissionResult.Duplicate;
        }

        byte[] octets = new byte[message.Content.Length];
        Assert.Equal(octets.Length, message.Content.Read(0, octets));
        Letters.Enqueue(new Letter(
            recipient, message.Envelope.Sender?.ToString(), Encoding.Latin1.GetString(octets), message.Folder, [.. message.Flags], message.Received));
        return SubmissionResult.Accepted;
    }
}

internal sealed record Letter(string Recipient, string? Sender, string Text, string? Folder, string[] Flags, DateTimeOffset? Received)
{
    /// <summary>The message without the field that the collector adds.</summary>
    public string Original => Text[(Text.IndexOf("\r\n", StringComparison.Ordinal) + 2)..];

    public string Field(string name) =>
        Text.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";
}

/// <summary>The system's clock, turned forward.</summary>
internal sealed class TurnedClock : TimeProvider
{
    public TimeSpan Forward { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Forward;
}

/// <summary>Keeps log lines.</summary>
internal sealed class ListedLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
}
