using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>
/// Tells plugins of what owners do in their mailboxes. Sessions never wait for it, and no plugin waits for another: each has a queue of its
/// own, and where that is full its events are dropped, which is said.
/// </summary>
internal sealed class MailboxEventPump : IMailboxEvents, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ObserverQueue> _queues = new(StringComparer.Ordinal);
    private readonly IRoleCatalog _roles;
    private readonly IMailStore _store;
    private readonly Func<TimeSpan> _patience;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _cut = new();
    private bool _isClosed;

    /// <summary>Makes the pump.</summary>
    /// <param name="roles">Where observers are found.</param>
    /// <param name="store">Where the messages are that they may read.</param>
    /// <param name="patience">How long observers may go on when the server stops.</param>
    /// <param name="clock">Measures that.</param>
    /// <param name="log">Gets what was dropped or failed.</param>
    public MailboxEventPump(IRoleCatalog roles, IMailStore store, Func<TimeSpan> patience, TimeProvider clock, ILogger log)
    {
        _roles = roles;
        _store = store;
        _patience = patience;
        _clock = clock;
        _log = log;
    }

    /// <inheritdoc/>
    public void Publish(MailboxEvent change)
    {
        foreach (string plugin in _roles.Current.MailboxObservers.Select(static observer => observer.Plugin).Distinct(StringComparer.Ordinal))
        {
            if (QueueOf(plugin) is not { } queue || !queue.TryAdd(change))
            {
                ServerLog.EventsDropped(_log, plugin, change.Account.Address);
            }
        }
    }

    /// <summary>Lets observers work off what waits, for as long as the patience lasts.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Task> ends;
        lock (_lock)
        {
            _isClosed = true;
            ends = [.. _queues.Values.Select(static queue => queue.CloseAsync())];
        }

        Task all = Task.WhenAll(ends);
        try
        {
            await all.WaitAsync(_patience(), _clock);
        }
        catch (TimeoutException)
        {
            await _cut.CancelAsync();
            await all;
        }

        _cut.Dispose();
    }

    private ObserverQueue? QueueOf(string plugin)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return null;
            }

            if (!_queues.TryGetValue(plugin, out ObserverQueue? queue))
            {
                queue = new ObserverQueue(plugin, (change, token) => TellAsync(plugin, change, token), _log, _cut.Token);
                _queues.Add(plugin, queue);
            }

            return queue;
        }
    }

    private async Task TellAsync(string plugin, MailboxEvent change, CancellationToken cancellationToken)
    {
        using IFolderHold? hold = change.Kind == MailboxChangeKind.Expunged
            ? null
            : await _store.Mailboxes.HoldAsync(change.Folder.Id, takeRecent: false, cancellationToken);
        foreach (uint uid in change.Uids)
        {
            StoredMessage? message = hold is null
                ? null
                : (await _store.Mailboxes.ReadAsync(hold, [uid], withStructure: false, cancellationToken)).SingleOrDefault();
            using MessageContent? content = message is null ? null : _store.Bodies.Open(message);
            var told = new MailboxChange(
                change.Account.Address, change.Kind, change.Folder.Name, change.FromFolder?.Name, uid, content);
            foreach (Role<MailboxChange, bool> observer in _roles.Current.MailboxObservers.Where(role => role.Plugin == plugin))
            {
                await observer.AskAsync(told, cancellationToken);
            }
        }
    }
}
