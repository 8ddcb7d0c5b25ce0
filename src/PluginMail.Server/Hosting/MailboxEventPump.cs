using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Imap;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Tells plugins of what owners do in their mailboxes. Sessions never wait for it; when plugins are too slow, events are dropped and that is said.</summary>
internal sealed class MailboxEventPump : IMailboxEvents, IAsyncDisposable
{
    private const int MaximumWaiting = 10_000;
    private readonly IRoleCatalog _roles;
    private readonly IMailStore _store;
    private readonly ILogger _log;
    private readonly Channel<MailboxEvent> _events = Channel.CreateBounded<MailboxEvent>(
        new BoundedChannelOptions(MaximumWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly Task _running;

    public MailboxEventPump(IRoleCatalog roles, IMailStore store, ILogger<MailboxEventPump> log)
    {
        _roles = roles;
        _store = store;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    public void Publish(MailboxEvent change)
    {
        if (!_roles.Current.MailboxObservers.IsEmpty && !_events.Writer.TryWrite(change))
        {
            ServerLog.EventsDropped(_log, change.Account.Address);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        await foreach (MailboxEvent change in _events.Reader.ReadAllAsync())
        {
            try
            {
                await TellAsync(change);
            }
            catch (Exception e)
            {
                ServerLog.EventFailed(_log, change.Account.Address, e.Message);
            }
        }
    }

    private async Task TellAsync(MailboxEvent change)
    {
        using IFolderHold? hold = change.Kind == MailboxChangeKind.Expunged
            ? null
            : await _store.Mailboxes.HoldAsync(change.Folder.Id, takeRecent: false, CancellationToken.None);
        foreach (uint uid in change.Uids)
        {
            StoredMessage? message = hold is null
                ? null
                : (await _store.Mailboxes.ReadAsync(hold, [uid], withStructure: false, CancellationToken.None)).SingleOrDefault();
            using MessageContent? content = message is null ? null : _store.Bodies.Open(message);
            var told = new MailboxChange(
                change.Account.Address, change.Kind, change.Folder.Name, change.FromFolder?.Name, uid, content);
            foreach (Role<MailboxChange, bool> observer in _roles.Current.MailboxObservers)
            {
                await observer.AskAsync(told, CancellationToken.None);
            }
        }
    }
}
