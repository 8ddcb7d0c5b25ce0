using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Testing.Plugins;

internal sealed class MemoryState : IStateStore
{
    public ConcurrentDictionary<string, long> Counters { get; } = new();

    public ConcurrentDictionary<string, byte[]> Values { get; } = new();

    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => new(Values.GetValueOrDefault(key));

    public ValueTask<bool> CompareExchangeAsync(
        string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        lock (Values)
        {
            byte[]? there = Values.GetValueOrDefault(key);
            bool isAsExpected = there is null ? expected is null : expected is not null && there.AsSpan().SequenceEqual(expected);
            if (isAsExpected && value is null)
            {
                Values.TryRemove(key, out _);
            }
            else if (isAsExpected)
            {
                Values[key] = value!;
            }

            return new(isAsExpected);
        }
    }

    public ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken) =>
        new(Counters.AddOrUpdate(key, amount, (_, sum) => sum + amount));
}

internal sealed class NoSubmission : ISubmission
{
    public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        new(SubmissionResult.Failed);
}

internal sealed class NoDns : IDnsResolver
{
    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) =>
        new(new DnsAnswer(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false));
}

/// <summary>Keeps log lines, and the exceptions that came with them.</summary>
internal sealed class ListLoggers : ILoggerFactory
{
    public ConcurrentQueue<(string Category, LogLevel Level, string Text, Exception? Exception)> Lines { get; } = new();

    /// <summary>States and scopes, kept as a log page would keep them.</summary>
    public ConcurrentQueue<object> Kept { get; } = new();

    public ILogger CreateLogger(string categoryName) => new ListLogger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class ListLogger(ListLoggers owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            owner.Kept.Enqueue(state);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            owner.Lines.Enqueue((category, logLevel, formatter(state, exception), exception));
            owner.Kept.Enqueue(state!);
        }
    }
}

internal sealed class FakeSession : ISessionView
{
    public string Id => "s1";

    public string Protocol { get; init; } = "smtp";

    public IPEndPoint? RemoteEndPoint { get; init; }

    public IPEndPoint? LocalEndPoint { get; init; }

    public string? HelloName { get; init; }

    public bool IsEncrypted => TlsProtocol is not null;

    public string? TlsProtocol { get; init; }

    public string? TlsCipher { get; init; }

    public EmailAddress? Authenticated { get; init; }

    public Direction Direction { get; init; }
}

/// <summary>A session in which checks have begun.</summary>
internal sealed class LeasedSession : ILeasedSession
{
    private SessionRoleLease? _lease;

    public string Id => "s2";

    public string Protocol => "smtp";

    public IPEndPoint? RemoteEndPoint { get; init; }

    public IPEndPoint? LocalEndPoint => null;

    public string? HelloName => null;

    public bool IsEncrypted => false;

    public EmailAddress? Authenticated => null;

    public Direction Direction => Direction.Incoming;

    public ReadOnlySpan<SessionRoleLease?> Leases => new(in _lease);

    public SessionRoleLease Begin(SessionRole role) => _lease = role.Begin(this);

    public IAsyncDisposable? StateOf(ISessionCheck check) => _lease?.StateOf(check);
}

internal sealed class FakeMessage(MessageContent content, params ImmutableArray<MessageHeader> headers) : IMessageView, IOutlivedView
{
    public static readonly FakeMessage Plain = FromText("Subject: hello\r\n\r\nText\r\n");

    /// <summary>Whether it was said that a call goes on.</summary>
    public bool IsOutlived { get; private set; }

    public string TransactionId => "t1";

    /// <summary>The session that brings it, where it is a particular one.</summary>
    public ISessionView? BroughtBy { get; init; }

    public ISessionView Session => BroughtBy ?? new FakeSession { Direction = Direction };

    public Direction Direction { get; init; }

    public Envelope Envelope { get; init; } = new(new EmailAddress("a", "example.test"), [new EmailAddress("b", "example.test")]);

    public MessageContent Content => content;

    public ImmutableArray<MessageHeader> Headers => headers;

    public ImmutableArray<MessagePart> Parts => [new("1", "text/plain", null, null, IsAttachment: false, 0, content.Length)];

    public double Score => 0;

    public ImmutableHashSet<string> Tags { get; init; } = [];

    public static FakeMessage FromText(string text, Direction direction = Direction.Incoming)
    {
        byte[] octets = Encoding.Latin1.GetBytes(text);
        var headers = text.Split("\r\n\r\n")[0].Split("\r\n").Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2)
            .Select(pair => new MessageHeader(pair[0], pair[1], Encoding.Latin1.GetBytes(" " + pair[1])));
        return new FakeMessage(new MemoryContent(octets), [.. headers]) { Direction = direction };
    }

    public void Outlive() => IsOutlived = true;

    /// <summary>Opens what is read in place of the content.</summary>
    public Func<Stream>? Opens { get; init; }

    public Stream OpenDecoded(MessagePart part) => OpenRaw();

    public Stream OpenRaw()
    {
        if (Opens is not null)
        {
            return Opens();
        }

        byte[] octets = new byte[content.Length];
        content.Read(0, octets);
        return new MemoryStream(octets, writable: false);
    }
}
