using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Every recipient of incoming mail has a mailbox here, and every one of outgoing mail elsewhere; everybody may send as whom he says.</summary>
/// <param name="isOutgoing">Which way the mail of this trial goes.</param>
internal sealed class TrialRouter(bool isOutgoing) : IRecipientRouter
{
    private readonly RecipientKind _kind = isOutgoing ? RecipientKind.Remote : RecipientKind.Local;

    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken) => new(_kind);

    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, MailOrigin origin, CancellationToken cancellationToken) => new(_kind);

    public ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken) => new(true);
}

/// <summary>Bodies in memory, gone with their spool.</summary>
internal sealed class TrialBodies : IBodyStore
{
    public IBodySpool CreateSpool() => new Spool();

    public MessageContent Open(StoredMessage message) => throw new StoreUnavailableException("nothing is stored in a trial", isDiskFull: false);

    private sealed class Spool : IBodySpool
    {
        private readonly ArrayBufferWriter<byte> _octets = new();

        public long Length => _octets.WrittenCount;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
        {
            _octets.Write(octets.Span);
            return default;
        }

        public ValueTask<MessageContent> CompleteAsync(CancellationToken cancellationToken) => new(new MemoryContent(_octets.WrittenMemory));

        public void LeaveMemory()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>Keeps what was decided.</summary>
internal sealed class TrialTraces : ITraceLog
{
    public List<DecisionTrace> Found { get; } = [];

    public void Append(DecisionTrace trace) => Found.Add(trace);

    public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
}

/// <summary>State that ends with the trial.</summary>
internal sealed class TrialState : IStateStore
{
    private readonly ConcurrentDictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _counters = new(StringComparer.Ordinal);

    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => new(_values.GetValueOrDefault(key));

    public ValueTask<bool> CompareExchangeAsync(string key, byte[]? expected, byte[]? value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        lock (_values)
        {
            byte[]? known = _values.GetValueOrDefault(key);
            if (known is null != expected is null || (known is not null && !known.AsSpan().SequenceEqual(expected)))
            {
                return new(false);
            }

            if (value is null)
            {
                _values.TryRemove(key, out _);
            }
            else
            {
                _values[key] = value;
            }

            return new(true);
        }
    }

    public ValueTask<long> AddAsync(string key, long amount, TimeSpan lifetime, CancellationToken cancellationToken) =>
        new(_counters.AddOrUpdate(key, amount, (_, sum) => sum + amount));
}

/// <summary>Brings nothing in: a trial changes nothing.</summary>
internal sealed class TrialSubmission : ISubmission
{
    public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        new(SubmissionResult.Failed);
}

/// <summary>Tells nobody.</summary>
internal sealed class TrialAlerts : IAdministratorAlerts
{
    public void Raise(string about, string subject, string text)
    {
    }
}

/// <summary>Shows what the script logs.</summary>
/// <param name="output">A writer that several threads may use.</param>
internal sealed class TrialLoggers(TextWriter output) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new TrialLogger(categoryName, output);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class TrialLogger(string category, TextWriter output) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= (category.StartsWith("plugins.", StringComparison.Ordinal) ? LogLevel.Debug : LogLevel.None);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                output.WriteLine($"log: {logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception)}");
            }
        }
    }
}
