using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace PluginMail.Daemons;

/// <summary>
/// Daemons of one kind, of which any can answer. One that does not is passed over for a time, except where none is left, and is then asked by
/// one request at a time until it answers again; the others are told at once that it does not. What may lie at the request alone is no reason
/// for that: an error for it, or no answer in time or at all, unless that happens to several without an answer between. No more requests run at once
/// than the settings allow; the others wait for their turn, for at most half of the answer's time. All in all a request takes no longer than
/// two answers and three connections may.
/// </summary>
internal sealed class DaemonGroup : IDisposable
{
    private readonly DaemonOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _turns;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private int _next = -1;

    /// <summary>Makes a group.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="clock">Measures time.</param>
    /// <param name="meter">Gets the metrics.</param>
    /// <param name="log">Gets who is down and up again.</param>
    public DaemonGroup(DaemonOptions options, TimeProvider clock, Meter meter, ILogger log)
    {
        _options = options;
        _clock = clock;
        _log = log;
        _turns = new SemaphoreSlim(options.Connections);
        _requests = meter.CreateCounter<long>("requests", "{request}", "Requests to daemons, by server and result");
        _durations = meter.CreateHistogram<double>("request.duration", "s", "Time that a daemon took to answer, by server");
        Daemons = [.. options.Addresses.Select(static address => new Daemon(address))];
    }

    /// <summary>All of them, in the order of the settings.</summary>
    public ImmutableArray<Daemon> Daemons { get; }

    /// <summary>Asks one after another until one answers.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="ask">Asks one; its token is cancelled when the time of the answer is over. Broken I/O is a failure of that daemon.</param>
    /// <param name="cancellationToken">The end of the call.</param>
    /// <returns>The answer, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<Answer<T>> AskAsync<T>(
        Func<DaemonAddress, CancellationToken, ValueTask<Answer<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        if (Daemons.All(static daemon => daemon.IsProbed))
        {
            return Answer<T>.None(string.Join("; ", Daemons.Select(static daemon => $"{daemon.Address.Text}: {daemon.Outage?.Reason}")));
        }

        long start = _clock.GetTimestamp();
        if (!await TakeTurnAsync(cancellationToken))
        {
            return Answer<T>.None("all connections are busy");
        }

        try
        {
            return await AskInOrderAsync(ask, start, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Asks one.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public async ValueTask<Answer<T>> AskOneAsync<T>(
        Daemon daemon, Func<DaemonAddress, CancellationToken, ValueTask<Answer<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        long start = _clock.GetTimestamp();
        var answer = await TryAsync(daemon.Address, ask, cancellationToken);
        var server = new KeyValuePair<string, object?>("server", daemon.Address.Text);
        if (answer.Value is not null)
        {
            _durations.Record(_clock.GetElapsedTime(start).TotalSeconds, server);
            if (daemon.Outage is not null)
            {
                DaemonLog.Back(_log, daemon.Address.Text);
            }

            daemon.NoteAnswer();
        }
        else if (answer.IsDeclined)
        {
            if (!answer.IsNotAsked)
            {
                daemon.NoteDecline();
            }

            DaemonLog.Declined(_log, daemon.Address.Text, answer.Failure);
        }
        else if (answer.IsLate && daemon.TryNoteLate())
        {
            DaemonLog.Late(_log, daemon.Address.Text, answer.Failure);
        }
        else if (daemon.NoteFailure(new Outage(answer.Failure, _clock.GetTimestamp())))
        {
            DaemonLog.Unavailable(_log, daemon.Address.Text, answer.Failure);
        }
        else
        {
            DaemonLog.StillUnavailable(_log, daemon.Address.Text, answer.Failure);
        }

        _requests.Add(1, server, new KeyValuePair<string, object?>("result", answer.IsDeclined ? "declined" : answer.Value is null ? "failed" : "answered"));
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async ValueTask<bool> TakeTurnAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.Timeout / 2, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _turns.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async ValueTask<Answer<T>> AskInOrderAsync<T>(
        Func<DaemonAddress, CancellationToken, ValueTask<Answer<T>>> ask, long start, CancellationToken cancellationToken)
        where T : class
    {
        // No other one is begun with later: the sum stays below what the server allows a call.
        var latest = _options.Timeout + (2 * _options.ConnectTimeout);
        string reasons = "";
        foreach (var daemon in InOrder())
        {
            var answer = reasons.Length > 0 && _clock.GetElapsedTime(start) > latest
                ? Answer<T>.None("not asked for want of time")
                : await AskOrPassOverAsync(daemon, ask, cancellationToken);
            if (answer.Value is not null)
            {
                return answer;
            }

            reasons += $"{(reasons.Length > 0 ? "; " : "")}{daemon.Address.Text}: {answer.Failure}";
        }

        return Answer<T>.None(reasons);
    }

    private async ValueTask<Answer<T>> AskOrPassOverAsync<T>(
        Daemon daemon, Func<DaemonAddress, CancellationToken, ValueTask<Answer<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        if (daemon.Outage is not { } outage)
        {
            return await AskOneAsync(daemon, ask, cancellationToken);
        }

        if (!daemon.TryBeginProbe())
        {
            return Answer<T>.None(outage.Reason);
        }

        try
        {
            return await AskOneAsync(daemon, ask, cancellationToken);
        }
        finally
        {
            daemon.EndProbe();
        }
    }

    private async ValueTask<Answer<T>> TryAsync<T>(
        DaemonAddress address, Func<DaemonAddress, CancellationToken, ValueTask<Answer<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(_options.ConnectTimeout + _options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(address, either.Token);
        }
        catch (NotAskedException e)
        {
            return Answer<T>.NotAsked(e.Message);
        }
        catch (NoAnswerException e)
        {
            return Answer<T>.Late(e.Message);
        }
        catch (Exception e) when (e is SocketException or IOException or HttpRequestException)
        {
            return Answer<T>.None(e.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer<T>.Late("no answer in time"); // that there is no connection in time is a SocketException or IOException
        }
    }

    /// <summary>Those who are believed to answer; all, where there are none. Turns are taken among them.</summary>
    private IEnumerable<Daemon> InOrder()
    {
        Daemon[] up = [.. Daemons.Where(daemon => daemon.Outage is not { } outage || _clock.GetElapsedTime(outage.Since) >= _options.RetryAfter)];
        IReadOnlyList<Daemon> asked = up.Length > 0 ? up : Daemons;
        int first = _options.Balance == Balance.RoundRobin ? (int)((uint)Interlocked.Increment(ref _next) % (uint)asked.Count) : 0;
        return Enumerable.Range(0, asked.Count).Select(i => asked[(first + i) % asked.Count]);
    }
}
