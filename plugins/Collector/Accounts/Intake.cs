using System.Security.Cryptography;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Recipients;

namespace PluginMail.Collector.Accounts;

/// <summary>
/// Brings fetched messages in: several at once, so that they share commits, and no more than memory is meant for. What became of each is in the
/// ledger when <see cref="FinishAsync"/> has ended.
/// </summary>
/// <param name="context">The account.</param>
/// <param name="box">The folder they come from.</param>
/// <param name="known">What was remembered of them.</param>
/// <param name="stopping">Ends with the plugin: what is broken off by that is no message's fault.</param>
internal sealed class Intake(AccountContext context, IRemoteBox box, IReadOnlyDictionary<string, LedgerRow> known, CancellationToken stopping)
    : IMessageReceiver, IDisposable
{
    private const int MostUnderWay = 32;
    private const int MostFailuresInRow = 20;
    private const int RowsAtOnce = 200;
    private const int BreaksWithoutPause = 3; // a bad line is the usual reason, and the next visit comes to the message last
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestPauseOfLarge = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim _slots = new(MostUnderWay);
    private readonly Lock _lock = new();
    private readonly List<LedgerRow> _unsaved = [];
    private readonly Dictionary<string, LedgerRow> _results = new(StringComparer.Ordinal);
    private readonly string _mark = Mark.For(context);
    private readonly string _box = RemoteFault.Printable(box.Name);
    private int _failuresInRow;

    /// <summary>What became of the messages, by id.</summary>
    public IReadOnlyDictionary<string, LedgerRow> Results => _results;

    /// <summary>Why a message was not taken; null where none was left.</summary>
    public string? LastProblem { get; private set; }

    public string SpoolFolder => context.SpoolFolder;

    public async ValueTask TakeAsync(RemoteMessage message, MessageSpool spool, CancellationToken cancellationToken)
    {
        try
        {
            await _slots.WaitAsync(cancellationToken);
        }
        catch
        {
            spool.Dispose();
            throw;
        }

        if (Volatile.Read(ref _failuresInRow) >= MostFailuresInRow)
        {
            spool.Dispose();
            _slots.Release();
            throw new RemoteFault($"{MostFailuresInRow} messages one after another could not be taken: {LastProblem}");
        }

        _ = RunAsync(message, spool, cancellationToken);
    }

    public void Miss(RemoteMessage message, string reason, bool isTooLarge) =>
        Settle(message, isTooLarge ? MessageState.TooLarge : MessageState.Waiting, fingerprint: null, reason);

    public void Break(IReadOnlyCollection<RemoteMessage> messages, Exception fault)
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        string end = fault is RemoteFault ? fault.Message : fault is OperationCanceledException ? "session_time was over" : fault.GetType().Name;
        RemoteMessage[] open;
        lock (_lock)
        {
            open = [.. messages.Where(message => !_results.ContainsKey(message.Id))];
        }

        foreach (var message in open)
        {
            Settle(message, MessageState.Waiting, null, $"the session ended: {end}", free: BreaksWithoutPause);
        }
    }

    /// <summary>Waits until all that was taken has ended, and writes the rest of it down. To be called however the session ended.</summary>
    public async ValueTask FinishAsync()
    {
        for (int i = 0; i < MostUnderWay; i++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }

        Save(least: 1);
        _slots.Release(MostUnderWay);
    }

    public void Dispose() => _slots.Dispose();

    private async Task RunAsync(RemoteMessage message, MessageSpool spool, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield(); // the next message is read meanwhile
            await BringInAsync(message, spool, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It is fetched again; the key tells whether it is here already.
        }
        catch (Exception e)
        {
            CollectorLog.Fault(context.Log, e, context.Settings.Name);
            Settle(message, MessageState.Waiting, null, e.GetType().Name);
        }
        finally
        {
            spool.Dispose();
            _slots.Release();
        }
    }

    private async ValueTask BringInAsync(RemoteMessage message, MessageSpool spool, CancellationToken cancellationToken)
    {
        if (spool.IsTooLarge)
        {
            Settle(message, MessageState.TooLarge, null, $"it has more than {context.Settings.MaximumSize} octets");
            return;
        }

        // Servers round sizes and count line ends as they like, but not so.
        if (spool.Length < message.Size / 2 || (spool.Length == 0 && message.Size > 0))
        {
            Settle(message, MessageState.Waiting, null, $"{spool.Length} octets came where {message.Size} were announced");
            return;
        }

        var header = HeaderFields.Read(spool);
        byte[]? fingerprint = Fingerprint.Of(header);
        if (Mark.IsOn(header, context))
        {
            CollectorLog.Returned(context.Log, context.Settings.Name, message.Id, _box);
            Settle(message, MessageState.Returned, fingerprint, null);
            return;
        }

        byte[] identity = fingerprint ?? Fingerprint.OfAll(spool);
        long octets = spool.Length;
        using var content = spool.Complete(Encoding.ASCII.GetBytes(_mark), header.ReturnPath);
        var (state, reason, isOfRecipient) = await SubmitAllAsync(message, header, content, identity, cancellationToken);
        context.Metrics.Message(context.Settings.Name, state.ToString().ToLowerInvariant(), octets);
        Settle(message, state == MessageState.Taken && context.Settings.MarksSeen ? MessageState.Unmarked : state, fingerprint, reason, isOfRecipient: isOfRecipient);
    }

    // Each recipient on its own: one that is unknown here must not cost the others theirs, nor make a report to a sender who cannot help it. Only
    // one that is unknown is passed on: what another may not have, as his mailbox is full, is nobody else's.
    private async ValueTask<Problem> SubmitAllAsync(
        RemoteMessage message, HeaderFields header, MessageContent content, byte[] identity, CancellationToken cancellationToken)
    {
        var choices = RecipientDetection.Detect(header, context.Settings.Recipients);
        var sender = SenderOf(header);
        var worst = Problem.None;
        int last = choices.Length - 1;
        for (int i = 0; i <= last;)
        {
            int unknown = 0;
            foreach (var recipient in choices[i])
            {
                var answer = await SubmitAsync(message, sender, recipient, content, identity, cancellationToken);
                bool isPassedOn = answer.IsForNobodyHere && i < last;
                unknown += isPassedOn ? 1 : 0;
                worst = isPassedOn ? worst : ProblemOf(answer, recipient) ?? worst;
            }

            // Where only some are unknown, the default stands for them.
            i = unknown == 0 ? last + 1 : unknown == choices[i].Length ? i + 1 : last;
        }

        return worst;
    }

    private Problem? ProblemOf(SubmissionAnswer answer, EmailAddress recipient)
    {
        string why = answer.Reply is { } reply ? RemoteFault.Printable(reply.ToString()) : "no reason is given";
        bool isOfRecipient = context.Settings.Recipients.ForwardTo is null
            && (answer.Result == SubmissionResult.Refused || answer.Reply?.Status is { Subject: 1 or 2 }); // RFC 3463: the address, the mailbox
        return answer.Result switch
        {
            SubmissionResult.Accepted or SubmissionResult.Duplicate or SubmissionResult.Held => null,
            SubmissionResult.TooLarge => new Problem(MessageState.TooLarge, "it is larger than message_size in [limits]"),
            SubmissionResult.Refused => new Problem(MessageState.Waiting, $"it is refused for <{recipient}>: {why}", isOfRecipient),
            _ => new Problem(MessageState.Waiting, $"it could not be stored for <{recipient}>: {why}", isOfRecipient),
        };
    }

    private async ValueTask<SubmissionAnswer> SubmitAsync(
        RemoteMessage message, EmailAddress? sender, EmailAddress recipient, MessageContent content, byte[] identity, CancellationToken cancellationToken)
    {
        var submitted = new SubmittedMessage(new Envelope(sender, [recipient]), content, Direction.Incoming)
        {
            Folder = box.LocalFolder,
            Flags = context.Settings.KeepsFlags ? message.Flags : [],
            Received = message.Received,
        };
        var answer = await context.Submission.SubmitForAnswerAsync(submitted, KeyOf(message, recipient, identity), cancellationToken);
        CollectorLog.Submitted(context.Log, context.Settings.Name, message.Id, _box, recipient.ToString(), answer.Result.ToString());
        return answer;
    }

    // What the message is belongs to the key: a UIDL may be used again, and a UID is, against its rule, where a box is emptied or restored under
    // the UIDVALIDITY it had.
    private string KeyOf(RemoteMessage message, EmailAddress recipient, byte[] identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join(
            '\n',
            context.Settings.Identity,
            box.Name,
            box.Validity,
            message.Id,
            Convert.ToHexStringLower(identity),
            recipient))));

    // RFC 5321 section 4.4: the final delivery wrote the reverse path there. Where it did not, reports have nowhere to go.
    private static EmailAddress? SenderOf(HeaderFields header) =>
        EmailAddress.TryParse(header.First("Return-Path")?.Trim('<', '>', ' '), out var sender) ? sender : null;

    private void Settle(RemoteMessage message, MessageState state, byte[]? fingerprint, string? reason, int free = 0, bool isOfRecipient = false)
    {
        var now = context.Clock.GetUtcNow();
        var before = known.GetValueOrDefault(message.Id);
        int attempts = state is MessageState.Waiting or MessageState.TooLarge ? Math.Min((before?.Attempts ?? 0) + 1, 1000) : 0;
        var seen = state is MessageState.Waiting or MessageState.TooLarge && before is { IsSettled: false } ? before.Seen : now;
        var row = new LedgerRow(message.Id, message.Size, state, seen, attempts, now + PauseOf(state, attempts - free), fingerprint);
        if (reason is not null)
        {
            LastProblem = reason;
            CollectorLog.NotTaken(context.Log, context.Settings.Name, message.Id, _box, reason, row.RetryAt);
        }

        if (state == MessageState.Waiting)
        {
            Interlocked.Add(ref _failuresInRow, isOfRecipient ? 0 : 1); // one full mailbox of many keeps no other's mail back
        }
        else
        {
            Volatile.Write(ref _failuresInRow, 0);
        }

        lock (_lock)
        {
            _results[message.Id] = row;
            _unsaved.Add(row);
        }

        Save(RowsAtOnce);
    }

    private TimeSpan PauseOf(MessageState state, int attempts)
    {
        double doublings = Math.Pow(2, Math.Min(attempts - 1, 20));
        return state switch
        {
            _ when attempts <= 0 => TimeSpan.Zero,
            MessageState.Waiting => TimeSpan.FromTicks((long)Math.Min(context.Settings.Interval.Ticks * doublings, LongestPause.Ticks)),
            MessageState.TooLarge => TimeSpan.FromTicks((long)Math.Min(TimeSpan.TicksPerDay * doublings, LongestPauseOfLarge.Ticks)),
            _ => TimeSpan.Zero,
        };
    }

    private void Save(int least)
    {
        LedgerRow[] rows;
        lock (_lock)
        {
            if (_unsaved.Count < least)
            {
                return;
            }

            rows = [.. _unsaved];
            _unsaved.Clear();
        }

        context.Ledger.Save(context.Settings.Identity, box.Name, box.Validity, rows);
    }

    /// <summary>Why a message is not taken, or not by all.</summary>
    /// <param name="State">What becomes of it.</param>
    /// <param name="Reason">Why; null where it is taken.</param>
    /// <param name="IsOfRecipient">Whether it says nothing of messages for others.</param>
    private sealed record Problem(MessageState State, string? Reason, bool IsOfRecipient = false)
    {
        public static Problem None { get; } = new(MessageState.Taken, null);
    }
}
