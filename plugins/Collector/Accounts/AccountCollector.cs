using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using PluginMail.Collector.Connections;
using PluginMail.Collector.SignIn;

namespace PluginMail.Collector.Accounts;

/// <summary>Visits one account again and again; never twice at once.</summary>
/// <param name="context">The account.</param>
/// <param name="tokens">Its access tokens.</param>
/// <param name="slots">Bounds the sessions of all accounts.</param>
internal sealed class AccountCollector(AccountContext context, AccessTokens tokens, SemaphoreSlim slots)
{
    private const string Ended = "this version of the plugin has ended; ask again";
    private const string LedgerFault = "what is remembered cannot be read or written";
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestPauseOfSignIn = TimeSpan.FromHours(6);
    private static readonly TimeSpan ShortestPauseOfSignIn = TimeSpan.FromMinutes(5);

    private readonly Channel<TaskCompletionSource<string>> _wishes = Channel.CreateBounded<TaskCompletionSource<string>>(16);
    private readonly Checkpoints _checkpoints = new();
    private volatile string? _failure;
    private long _nextVisit;
    private int _failures;
    private bool _failedSignIn;

    /// <summary>The account's name.</summary>
    public string Name => context.Settings.Name;

    /// <summary>How it does.</summary>
    public AccountStatus Status()
    {
        long next = Volatile.Read(ref _nextVisit);
        return new AccountStatus(
            context.Settings,
            next == 0,
            next == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(next),
            context.Ledger.LoadAccount(context.Settings.Identity),
            context.Ledger.CountUnsettled(context.Settings.Identity));
    }

    /// <summary>Visits it now, or as soon as the visit under way has ended.</summary>
    /// <returns>What came of it, for a person; that there is none any more, where this version of the plugin ends before.</returns>
    public async ValueTask<string> VisitNowAsync(CancellationToken cancellationToken)
    {
        var wish = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _wishes.Writer.WriteAsync(wish, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return Ended;
        }

        return await wish.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Visits it until told to stop. Who wants a visit then is told that there is none: a command that waits would hold this version.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RepeatAsync(cancellationToken);
        }
        finally
        {
            // After a fault it is run again, and they have their visit then.
            if (cancellationToken.IsCancellationRequested)
            {
                _wishes.Writer.TryComplete();
                while (_wishes.Reader.TryRead(out var wish))
                {
                    wish.TrySetResult(Ended);
                }
            }
        }
    }

    /// <summary>Visits it once.</summary>
    /// <param name="retriesAll">Whether messages that wait are tried before their time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it; a failure is in the ledger.</returns>
    public async ValueTask<VisitCount> VisitAsync(bool retriesAll, CancellationToken cancellationToken)
    {
        var count = new VisitCount { RetriesAll = retriesAll, Budget = context.Settings.MessagesPerSession };
        await slots.WaitAsync(cancellationToken);
        Volatile.Write(ref _nextVisit, 0);
        long start = context.Clock.GetTimestamp();
        try
        {
            _failedSignIn = false;
            _failure = await ContainAsync(count, cancellationToken);
        }
        finally
        {
            slots.Release();
        }

        try
        {
            Record(count, context.Clock.GetElapsedTime(start));
        }
        catch (Exception e)
        {
            // The next visit may find the disk free again; nothing that is taken depends on what could not be written here.
            _failures += _failure is null ? 1 : 0;
            _failure ??= LedgerFault;
            CollectorLog.Fault(context.Log, e, Name);
        }

        return count;
    }

    private async Task RepeatAsync(CancellationToken cancellationToken)
    {
        List<TaskCompletionSource<string>> wishes = [];
        while (!cancellationToken.IsCancellationRequested)
        {
            TakeWishes(wishes);
            string result = "the visit was broken off";
            VisitCount count;
            try
            {
                count = await VisitAsync(retriesAll: wishes.Count > 0, cancellationToken);
                result = _failure ?? string.Create(CultureInfo.InvariantCulture, $"{count.Collected} messages collected");
            }
            finally
            {
                wishes.ForEach(wish => wish.TrySetResult(result));
                wishes.Clear();
            }

            await PauseAsync(_failure is null && count is { HasMore: true, Collected: > 0 } ? TimeSpan.Zero : Pause(), cancellationToken);
        }
    }

    private async ValueTask<string?> ContainAsync(VisitCount count, CancellationToken cancellationToken)
    {
        using var limit = new LinkedLimit(context.Settings.SessionTime, context.Clock, cancellationToken);
        try
        {
            await CollectAsync(count, cancellationToken, limit.Token);
            return null;
        }
        catch (RemoteFault e)
        {
            _failedSignIn = e.IsSignIn;
            if (e.IsSignIn)
            {
                tokens.Forget();
            }

            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "the session took longer than session_time";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            CollectorLog.Fault(context.Log, e, Name);
            return e is SqliteException ? LedgerFault : $"a fault: {e.GetType().Name}";
        }
    }

    private async ValueTask CollectAsync(VisitCount count, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var proof = await Proof.GetAsync(context.Settings.SignIn, tokens, cancellationToken);
        await using var session = await RemoteSessions.OpenAsync(context, proof, cancellationToken);
        List<string> problems = [];
        await foreach (var box in session.OpenAllAsync(problems, cancellationToken))
        {
            await new BoxVisit(context, box, _checkpoints, count, stopping).RunAsync(cancellationToken);
        }

        await LogoutAsync(session, cancellationToken);
        foreach (string problem in problems)
        {
            CollectorLog.FolderLeftOut(context.Log, Name, problem);
            count.Problem = problem;
        }
    }

    // All is done then: servers that close without an answer are no failure.
    private static async ValueTask LogoutAsync(IRemoteSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.LogoutAsync(cancellationToken);
        }
        catch (RemoteFault)
        {
            // It is over in either case.
        }
    }

    private void Record(VisitCount count, TimeSpan duration)
    {
        _failures = _failure is null ? 0 : _failures + 1;
        var now = context.Clock.GetUtcNow();
        string identity = context.Settings.Identity;
        var before = context.Ledger.LoadAccount(identity);
        string? error = _failure ?? count.Problem;
        context.Ledger.SaveAccount(identity, before with
        {
            LastVisit = now,
            LastSuccess = _failure is null ? now : before.LastSuccess,
            Collected = before.Collected + count.Collected,
            LastError = error,
        });
        context.Metrics.Visit(Name, _failure is null, duration);
        if (_failure is not null)
        {
            CollectorLog.Failed(context.Log, Name, _failure, Pause());
        }
        else if (count.Collected > 0 || count.Deleted > 0 || count.Problem is not null)
        {
            CollectorLog.Visited(context.Log, Name, count.Collected, count.Deleted, context.Ledger.CountUnsettled(identity));
        }
    }

    // A login that is refused again and again may lock the account over there: it has its own measure.
    private TimeSpan Pause()
    {
        var interval = context.Settings.Interval;
        if (_failures == 0)
        {
            return interval;
        }

        var least = _failedSignIn && interval < ShortestPauseOfSignIn ? ShortestPauseOfSignIn : interval;
        var most = _failedSignIn ? LongestPauseOfSignIn : LongestPause;
        double ticks = Math.Min(least.Ticks * Math.Pow(2, Math.Min(_failures - 1, 20)), most.Ticks);
        return TimeSpan.FromTicks(Math.Max((long)ticks, interval.Ticks));
    }

    private async ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _nextVisit, (context.Clock.GetUtcNow() + pause).ToUnixTimeSeconds());
        using var limit = new LinkedLimit(pause, context.Clock, cancellationToken);
        try
        {
            await _wishes.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The time has come, or the end.
        }
    }

    private void TakeWishes(List<TaskCompletionSource<string>> wishes)
    {
        while (_wishes.Reader.TryRead(out var wish))
        {
            wishes.Add(wish);
        }
    }
}
