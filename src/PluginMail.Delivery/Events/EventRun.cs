using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The scripts of one IMAP event: in batches, each message by itself (RFC 6785 section 2.2); recorded as one transaction.</summary>
internal sealed class EventRun
{
    private readonly EventServices _services;
    private readonly MailboxScriptEvent _happened;
    private readonly ActiveFilters _scripts;
    private readonly DecisionTrace _trace;
    private readonly EventTally _tally = new();
    private readonly EventLetters _letters;
    private readonly EventActions _actions;
    private readonly FilterContext _context;
    private readonly FilterRunOptions _options;
    private readonly FilterEnvelope _envelope;

    public EventRun(EventServices services, MailboxScriptEvent happened, ActiveFilters scripts)
    {
        (_services, _happened, _scripts) = (services, happened, scripts);
        DateTimeOffset now = services.Clock.GetUtcNow();
        string owner = happened.Account.Address.ToString();
        _trace = new DecisionTrace(TransactionId.Next(now), now) { Protocol = "imap", Login = owner, Recipients = [owner] };
        _letters = new EventLetters(services, happened.Account, _trace);
        _actions = new EventActions(services, happened.Folder, _letters, _trace, _tally);
        _context = services.Contexts.OnEvents(happened.Account);
        _options = new FilterRunOptions { Clock = services.Clock, Limits = services.Options().Filters };
        _envelope = new FilterEnvelope { OwnerAddresses = [owner] }; // there was no transaction
    }

    /// <summary>Runs them.</summary>
    /// <param name="gate">Lets so many batches of all accounts run at once.</param>
    /// <param name="cancellationToken">Ends it between two messages.</param>
    /// <returns>Completes when all messages are done.</returns>
    /// <exception cref="StoreUnavailableException">The store failed; what was done stands.</exception>
    public async Task RunAsync(SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        string from = _happened.FromFolder is { } source ? $" from {source.Name}" : "";
        _trace.Add(new TraceEntry("event", "imap", _happened.Cause.ToString().ToLowerInvariant(), $"{_happened.Count} messages in {_happened.Folder.Name}{from}"));
        try
        {
            using IFolderHold? hold = await _services.Store.Mailboxes.HoldAsync(_happened.Folder.Id, takeRecent: false, cancellationToken);
            foreach (ScriptedMessages some in hold is null ? [] : _happened.Messages)
            {
                foreach (uint[] uids in some.Uids.Chunk(StoredMailFilter.BatchSize))
                {
                    await gate.WaitAsync(cancellationToken);
                    try
                    {
                        await RunAsync(hold!, uids, some.ChangedFlags, cancellationToken);
                    }
                    finally
                    {
                        gate.Release();
                    }
                }
            }
        }
        finally
        {
            _trace.Reply = _tally.ToString();
            _services.Traces.Append(_trace);
            DeliveryLog.EventDone(
                _services.Log, _trace.TransactionId, _happened.Account.Address, _happened.Cause, _happened.Folder.Name, _scripts.Name, _trace.Reply);
        }
    }

    private async ValueTask RunAsync(IFolderHold hold, uint[] uids, MessageFlags changedFlags, CancellationToken cancellationToken)
    {
        FolderVersion version = hold.Advance();
        IReadOnlyList<StoredMessage> messages = await _services.Store.Mailboxes.ReadAsync(hold, uids, withStructure: true, cancellationToken);
        var outcomes = new EventOutcome[messages.Count];
        await Parallel.ForAsync(
            0,
            messages.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 2), CancellationToken = cancellationToken },
            async (i, token) => outcomes[i] = await RunOneAsync(messages[i], version, changedFlags, token));
        foreach (EventOutcome outcome in outcomes)
        {
            await NoteAsync(outcome, cancellationToken);
        }

        await _actions.CarryOutAsync(outcomes, cancellationToken);
    }

    private async ValueTask<EventOutcome> RunOneAsync(
        StoredMessage message, FolderVersion version, MessageFlags changedFlags, CancellationToken cancellationToken)
    {
        long start = _services.Clock.GetTimestamp();
        MessageFlags flags = version[version.IndexOf(message.Uid)].Flags;
        var happened = new ImapEvent(CauseOf(_happened.Cause), _happened.Folder.Name, _trace.Login!, _trace.Login!)
        {
            ChangedFlags = CopyFlags.NamesOf(changedFlags, version.Keywords),
            Flags = CopyFlags.NamesOf(flags, version.Keywords),
        };
        using MessageContent content = StoredMailMessage.Open(_services.Store.Bodies, message);
        MailMessage mail = StoredMailMessage.Of(content, message);
        var input = new FilterInput(new MimeFilterMessage(mail.Header, content, mail.Structure), _envelope) { Context = _context with { Event = happened } };
        FilterResult result;
        try
        {
            result = await _scripts.RunAsync(input, _options, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not IOException)
        {
            result = new FilterResult([new FilterEffect.Keep { IsImplicit = true }]) { Error = new FilterError("fault", e.Message, _scripts.Name, 0) };
        }

        cancellationToken.ThrowIfCancellationRequested(); // a script that was cut short has decided nothing
        return new EventOutcome(message, flags, happened.Flags, result, _services.Clock.GetElapsedTime(start));
    }

    private async ValueTask NoteAsync(EventOutcome outcome, CancellationToken cancellationToken)
    {
        FilterResult result = outcome.Result;
        _tally.Messages++;
        _services.Counters.Add(_happened.Account.Id, result);
        _trace.Add(new TraceEntry(
            "filter",
            _scripts.Name,
            string.Join("; ", result.Effects),
            FilterReasons.Of(result, _scripts.Name),
            $"uid {outcome.Message.Uid}",
            Microseconds: (long)outcome.Elapsed.TotalMicroseconds));
        if (result.Error is not { } error)
        {
            return;
        }

        _tally.Failed++;
        DeliveryLog.EventScriptFailed(
            _services.Log, _trace.TransactionId, error.Script, _happened.Account.Address, _happened.Folder.Name, outcome.Message.Uid, $"line {error.Line}: {error.Message}");
        if (_scripts.Filters.Any(script => script.Location == ScriptLocation.Personal && script.Text.Name == error.Script))
        {
            await _letters.ReportAsync(error, _happened.Folder, cancellationToken);
        }
    }

    private static ImapCause CauseOf(MailboxCause cause) => cause switch
    {
        MailboxCause.Append => ImapCause.Append,
        MailboxCause.Copy => ImapCause.Copy,
        _ => ImapCause.Flag,
    };
}
