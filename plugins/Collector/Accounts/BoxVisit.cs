using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Accounts;

/// <summary>What a visit did.</summary>
internal sealed class VisitCount
{
    /// <summary>Whether messages that wait are tried before their time, as a person asked.</summary>
    public bool RetriesAll { get; init; }

    /// <summary>Messages that were taken.</summary>
    public long Collected { get; set; }

    /// <summary>Messages that were deleted over there.</summary>
    public long Deleted { get; set; }

    /// <summary>Messages that may still be fetched in this session.</summary>
    public int Budget { get; set; }

    /// <summary>Whether there are more than one session fetches.</summary>
    public bool HasMore { get; set; }

    /// <summary>Why a message or folder was left out; null where none was.</summary>
    public string? Problem { get; set; }
}

/// <summary>Collects one folder: what is new is brought in, and only then deleted or marked over there.</summary>
/// <param name="context">The account.</param>
/// <param name="box">The folder.</param>
/// <param name="checkpoints">How far the account's folders were gone through.</param>
/// <param name="count">What the visit did.</param>
/// <param name="stopping">Ends with the plugin; what is given to the methods may end before, with the visit's time.</param>
internal sealed class BoxVisit(AccountContext context, IRemoteBox box, Checkpoints checkpoints, VisitCount count, CancellationToken stopping)
{
    private const int MostFingerprinted = 20_000;
    private readonly Dictionary<string, LedgerRow> _known = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _now = context.Clock.GetUtcNow();

    private AccountSettings Account => context.Settings;

    /// <summary>Does it.</summary>
    /// <exception cref="Connections.RemoteFault">The session is over; what was taken until then is remembered.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var since = count.RetriesAll ? null : checkpoints.Since(box.Name, box.Checkpoint, _now);
        var listed = since is null ? await ListAllAsync(cancellationToken) : await ListSinceAsync(since, cancellationToken);
        RemoteMessage[] wanted = [.. listed.Where(IsWanted)];
        RemoteMessage[] fetched =
        [
            .. wanted.Where(message => message.Size <= Account.MaximumSize).OrderBy(AttemptsAt).Take(count.Budget)
                .Select(message => message with { IsFetchedAlone = _known.GetValueOrDefault(message.Id) is { IsSettled: false } }),
        ];
        bool hasMore = fetched.Length == count.Budget && wanted.Length > fetched.Length;
        count.HasMore |= hasMore;
        count.Budget -= fetched.Length;
        using var intake = new Intake(context, box, _known, stopping);
        try
        {
            foreach (var message in wanted.Where(message => message.Size > Account.MaximumSize))
            {
                intake.Miss(message, $"it has {message.Size} octets, more than maximum_size", isTooLarge: true);
            }

            await box.FetchAsync(fetched, intake, cancellationToken);
        }
        finally
        {
            await intake.FinishAsync();
            Note(intake);
        }

        await FinishOverThereAsync(listed, cancellationToken);
        // Those that were broken off when all had been fetched have no result: they are to be listed again.
        if (!hasMore && fetched.All(message => intake.Results.ContainsKey(message.Id)))
        {
            checkpoints.Reach(box.Name, box.Checkpoint, since is null ? _now : null);
        }
    }

    private async ValueTask<IReadOnlyList<RemoteMessage>> ListAllAsync(CancellationToken cancellationToken)
    {
        var listed = await box.ListAsync(cancellationToken);
        bool isFirst = await RememberAsync(listed, cancellationToken);
        if (isFirst && Account is { Protocol: RemoteProtocol.Pop3, Messages: MessageChoice.New })
        {
            await SkipAllAsync(listed, cancellationToken);
        }

        return listed;
    }

    // What has come or changed, and what is left to do: no more is asked for, there or of the ledger.
    private async ValueTask<IReadOnlyList<RemoteMessage>> ListSinceAsync(Checkpoint since, CancellationToken cancellationToken)
    {
        var takenBefore = Account.Mode == CollectMode.Move ? _now
            : Account.DeleteAfter > TimeSpan.Zero ? _now - Account.DeleteAfter
            : DateTimeOffset.UnixEpoch;
        foreach (var row in context.Ledger.LoadOpen(Account.Identity, box.Name, box.Validity, takenBefore))
        {
            _known[row.Id] = row;
        }

        string[] others = [.. _known.Values.Where(row => row.IsTaken || row.RetryAt <= _now).Select(row => row.Id)];
        var listed = await box.ListSinceAsync(since, others, cancellationToken);
        foreach (var message in listed)
        {
            if (!_known.ContainsKey(message.Id) && context.Ledger.Find(Account.Identity, box.Name, box.Validity, message.Id) is { } row)
            {
                _known[row.Id] = row;
            }
        }

        if (listed.Any(IsUnknown))
        {
            await RecognizeAsync(listed, context.Ledger.LoadOthers(Account.Identity, box.Name, box.Validity), cancellationToken);
        }

        return listed;
    }

    private void Note(Intake intake)
    {
        foreach (var (id, row) in intake.Results)
        {
            _known[id] = row;
        }

        count.Collected += intake.Results.Values.Count(row => row.IsTaken);
        count.Problem = intake.LastProblem ?? count.Problem;
    }

    private async ValueTask FinishOverThereAsync(IReadOnlyList<RemoteMessage> listed, CancellationToken cancellationToken)
    {
        await MarkSeenAsync(listed, cancellationToken);
        if (Due(listed) is { Length: > 0 } due)
        {
            var gone = await box.DeleteAsync(due, cancellationToken);
            count.Deleted += gone.Count;
            context.Ledger.Forget(Account.Identity, box.Name, box.Validity, [.. gone.Select(message => message.Id)]);
        }
    }

    // With those that were taken in a visit that was broken off before it came to this.
    private async ValueTask MarkSeenAsync(IReadOnlyList<RemoteMessage> listed, CancellationToken cancellationToken)
    {
        IReadOnlyList<RemoteMessage> unmarked = [.. listed.Where(message => _known.GetValueOrDefault(message.Id)?.State == MessageState.Unmarked)];
        if (Account.MarksSeen)
        {
            unmarked = await box.MarkSeenAsync(unmarked, cancellationToken);
        }

        Remember([.. unmarked.Select(message => _known[message.Id] with { State = MessageState.Taken })]);
    }

    private void Remember(LedgerRow[] rows)
    {
        context.Ledger.Save(Account.Identity, box.Name, box.Validity, rows);
        Array.ForEach(rows, row => _known[row.Id] = row);
    }

    /// <summary>Reads what is remembered, and carries it over where the server calls its messages otherwise than before.</summary>
    /// <returns>Whether nothing was remembered.</returns>
    private async ValueTask<bool> RememberAsync(IReadOnlyList<RemoteMessage> listed, CancellationToken cancellationToken)
    {
        List<(string Validity, LedgerRow Row)> strangers = [];
        foreach (var (validity, row) in context.Ledger.Load(Account.Identity, box.Name))
        {
            if (validity == box.Validity)
            {
                _known[row.Id] = row;
            }
            else
            {
                strangers.Add((validity, row));
            }
        }

        if (_known.Count == 0 && strangers.Count == 0)
        {
            return context.Ledger.LoadAccount(Account.Identity).LastSuccess is null;
        }

        if (listed.Count == 0)
        {
            return false; // a server that shows nothing for an hour does not make all be fetched again
        }

        HashSet<string> there = [.. listed.Select(message => message.Id)];
        LedgerRow[] gone = [.. _known.Values.Where(row => !there.Contains(row.Id))];
        bool isRenamed = Account.Protocol == RemoteProtocol.Pop3 && gone.Length == _known.Count;
        strangers.AddRange(isRenamed ? gone.Select(row => (box.Validity, row)) : new Recognition(context, box, _now).KeepGone(gone));
        await RecognizeAsync(listed, strangers, cancellationToken);
        ForgetGone(gone);
        return false;
    }

    private async ValueTask RecognizeAsync(
        IReadOnlyList<RemoteMessage> listed, List<(string Validity, LedgerRow Row)> strangers, CancellationToken cancellationToken)
    {
        if (strangers.Count > 0)
        {
            bool isRenamed = Recognition.IsRenamed(strangers);
            RemoteMessage[] unknown = [.. listed.Where(message => IsUnknown(message) && (isRenamed || IsWanted(message)))];
            foreach (var row in await new Recognition(context, box, _now).RunAsync(unknown, strangers, cancellationToken))
            {
                _known[row.Id] = row;
            }
        }
    }

    private bool IsUnknown(RemoteMessage message) => !_known.ContainsKey(message.Id);

    private void ForgetGone(LedgerRow[] gone)
    {
        context.Ledger.Forget(Account.Identity, box.Name, box.Validity, [.. gone.Select(row => row.Id)]);
        Array.ForEach(gone, row => _known.Remove(row.Id));
    }

    // What they are is written down as well, so that they are known when the server calls them otherwise.
    private async ValueTask SkipAllAsync(IReadOnlyList<RemoteMessage> listed, CancellationToken cancellationToken)
    {
        var fingerprints = await box.FetchFingerprintsAsync([.. listed.TakeLast(MostFingerprinted)], cancellationToken);
        LedgerRow[] rows =
        [
            .. listed.Select(message => new LedgerRow(
                message.Id, message.Size, MessageState.Old, _now, 0, _now, fingerprints.GetValueOrDefault(message.Id))),
        ];
        Remember(rows);
    }

    private bool IsWanted(RemoteMessage message)
    {
        if (!_known.TryGetValue(message.Id, out var row))
        {
            return !message.IsDeleted && (Account.Messages == MessageChoice.All || !message.Flags.Contains("\\Seen", StringComparer.OrdinalIgnoreCase));
        }

        // A POP3 server that used a UIDL again shows it by the size.
        return row.IsSettled ? Account.Protocol == RemoteProtocol.Pop3 && row.Size != message.Size : row.RetryAt <= _now || count.RetriesAll;
    }

    // One that ends each session it is fetched in keeps none back that has failed less often.
    private int AttemptsAt(RemoteMessage message) => _known.GetValueOrDefault(message.Id) is { IsSettled: false } row ? row.Attempts : 0;

    // Copies under one id go together: were one gone, the next would be taken for it.
    private RemoteMessage[] Due(IReadOnlyList<RemoteMessage> listed)
    {
        var due = listed.ToLookup(IsDue);
        HashSet<string> split = [.. due[true].Select(message => message.SharedId).OfType<string>()];
        split.IntersectWith(due[false].Select(message => message.SharedId).OfType<string>());
        return [.. due[true].Where(message => message.SharedId is null || !split.Contains(message.SharedId))];
    }

    private bool IsDue(RemoteMessage message) =>
        _known.TryGetValue(message.Id, out var row) && row.IsTaken && row.Size == message.Size
        && (Account.Mode == CollectMode.Move || (Account.DeleteAfter > TimeSpan.Zero && _now - row.Seen >= Account.DeleteAfter));
}
