using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Roles;

/// <summary>Calls a plugin so that, whatever happens inside, the call ends in time and with an answer.</summary>
/// <param name="slot">The plugin.</param>
/// <param name="kind">The kind of role.</param>
internal sealed class Invoker<TRole, TInput, TAnswer>(PluginSlot slot, RoleKind<TRole, TInput, TAnswer> kind)
    where TRole : class
{
    /// <summary>Calls a role that no stage's end cuts short.</summary>
    /// <param name="generation">The version, leased once for this call; the lease is given back here.</param>
    /// <param name="hosted">One of its roles.</param>
    /// <param name="input">The question.</param>
    /// <param name="cancellationToken">The transaction's end, which is nobody's fault.</param>
    /// <exception cref="OperationCanceledException">The transaction has ended.</exception>
    public ValueTask<RoleAnswer<TAnswer>> InvokeAsync(
        Generation generation, HostedRole<TRole> hosted, TInput input, CancellationToken cancellationToken) =>
        InvokeAsync(generation, hosted, input, cancellationToken, cancellationToken);

    /// <summary>Calls a role.</summary>
    /// <remarks>
    /// An async method on purpose: what the plugin sets in an AsyncLocal stays inside. Where the plugin completes synchronously so does
    /// this, without a timer and without allocating.
    /// </remarks>
    /// <param name="generation">The version, leased once for this call; the lease is given back here.</param>
    /// <param name="hosted">One of its roles.</param>
    /// <param name="input">The question.</param>
    /// <param name="stageEnd">The stage's end, by which a call is to be answered as within its time limit; the transaction's is one too.</param>
    /// <param name="cancellationToken">The transaction's end, which is nobody's fault.</param>
    /// <exception cref="OperationCanceledException">The transaction has ended.</exception>
    public async ValueTask<RoleAnswer<TAnswer>> InvokeAsync(
        Generation generation, HostedRole<TRole> hosted, TInput input, CancellationToken stageEnd, CancellationToken cancellationToken)
    {
        var settings = generation.Settings;
        var left = settings.TimeLimit;
        long asked = PluginsMetrics.CountsCalls ? slot.Clock.GetTimestamp() : 0;
        bool entered = false;
        bool tried = false;
        int trial = 0;
        CancellationTokenSource? limit = null;
        Task<TAnswer>? running = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            tried = hosted.Breaker.TryEnter(out trial);
            if (!tried)
            {
                return Skip(hosted, settings);
            }

            entered = hosted.Gate.TryEnter();
            if (!entered)
            {
                if (trial != 0)
                {
                    // Calls that never ended hold all places, still.
                    hosted.Breaker.Faulted(trial);
                    return Skip(hosted, settings);
                }

                long begun = slot.Clock.GetTimestamp();
                entered = await WaitForTurnAsync(hosted, settings, stageEnd, cancellationToken);
                left -= slot.Clock.GetElapsedTime(begun);
            }

            if (!entered)
            {
                return Unasked(generation, hosted, asked, stageEnd.IsCancellationRequested
                    ? "no place was free to let this call begin before the stage's time was over"
                    : $"no place was free within {settings.TimeLimit} to let this call begin");
            }

            limit = slot.Tokens.Rent();
            var call = hosted.RunsInline ? CallInline(hosted, input, limit.Token) : CallOnWorker(hosted, input, limit.Token);
            if (call.IsCompleted)
            {
                return Accept(generation, hosted, asked, trial, await call);
            }

            running = call.AsTask();
            return Accept(generation, hosted, asked, trial, await running.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, slot.Clock, stageEnd));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            if (tried)
            {
                hosted.Breaker.Abandoned(trial);
            }

            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (stageEnd.IsCancellationRequested && running is { IsCompleted: false })
        {
            return Fault(generation, hosted, asked, trial, "no answer before the stage's time was over", isTimeout: true);
        }
        catch (TimeoutException) when (running is { IsCompleted: false })
        {
            return Fault(generation, hosted, asked, trial, $"no answer within {settings.TimeLimit}", isTimeout: true);
        }
        catch (Exception e)
        {
            return Fault(generation, hosted, asked, trial, FaultText.Line(e), isTimeout: false, FaultText.Trace(e));
        }
        finally
        {
            if (running is { IsCompleted: false })
            {
                kind.Abandoned(input); // before anyone disposes of it
                _ = AbandonAsync(running, limit!, generation, hosted, input, isLate: !cancellationToken.IsCancellationRequested);
            }
            else
            {
                Leave(generation, entered ? hosted : null, input);
                slot.Tokens.Return(limit);
            }
        }
    }

    private ValueTask<TAnswer> CallInline(HostedRole<TRole> hosted, TInput input, CancellationToken cancellationToken)
    {
        // The coarse clock costs a tenth of the fine one, and what blocks a thread blocks it in real time, whatever clock is given.
        long begun = Environment.TickCount64;
        if (slot.EnterInline(hosted, begun, kind.Name))
        {
            hosted.LeaveInline(); // another call still holds its thread: this one is not to lose its own
            return CallOnWorker(hosted, input, cancellationToken);
        }

        try
        {
            return CallHere(hosted, begun, input, cancellationToken);
        }
        finally
        {
            hosted.LeaveInline();
        }
    }

    private ValueTask<TAnswer> CallHere(HostedRole<TRole> hosted, long begun, TInput input, CancellationToken cancellationToken)
    {
        long allocated = hosted.IsSampled() ? GC.GetAllocatedBytesForCurrentThread() : -1;
        try
        {
            return kind.Call(hosted.Role, input, cancellationToken);
        }
        finally
        {
            if (allocated >= 0)
            {
                slot.RecordAllocation(GC.GetAllocatedBytesForCurrentThread() - allocated);
            }

            slot.Judge(hosted, Environment.TickCount64 - begun, kind.Name);
        }
    }

    private ValueTask<TAnswer> CallOnWorker(HostedRole<TRole> hosted, TInput input, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        hosted.Workers.Enqueue(async () =>
        {
            try
            {
                // It may have waited for a thread for longer than anyone waits for it.
                cancellationToken.ThrowIfCancellationRequested();
                answer.TrySetResult(await CallHere(hosted, Environment.TickCount64, input, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                answer.TrySetException(e);
            }
        });
        return new ValueTask<TAnswer>(answer.Task);
    }

    /// <summary>Waits for another call of the role to end.</summary>
    /// <returns>False where none did within the time limit, or before the stage's end.</returns>
    private async ValueTask<bool> WaitForTurnAsync(
        HostedRole<TRole> hosted, PluginSettings settings, CancellationToken stageEnd, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(settings.TimeLimit, slot.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stageEnd);
        try
        {
            await hosted.Gate.EnterAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Nobody waits for this call any more: tells it so, and keeps its version and its place until it has ended.</summary>
    private async Task AbandonAsync(
        Task<TAnswer> running, CancellationTokenSource limit, Generation generation, HostedRole<TRole> hosted, TInput input, bool isLate)
    {
        hosted.Abandon(isLate);
        try
        {
            // On another thread: what the plugin registered runs here, and may block.
            await limit.CancelAsync();
        }
        catch (AggregateException e)
        {
            slot.RecordFault(FaultText.Line(e), FaultText.Trace(e), isTimeout: false);
        }

        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        hosted.AbandonedEnded();
        Leave(generation, hosted, input);
        limit.Dispose();
    }

    private void Leave(Generation generation, HostedRole<TRole>? entered, TInput input)
    {
        entered?.Gate.Leave();
        kind.Ended(input);
        generation.Exit();
    }

    private RoleAnswer<TAnswer> Accept(Generation generation, HostedRole<TRole> hosted, long asked, int trial, TAnswer answer)
    {
        if (kind.FindNonsense(answer) is { } nonsense)
        {
            return Fault(generation, hosted, asked, trial, nonsense, isTimeout: false);
        }

        slot.RecordCall();
        Count(asked, "answered");
        slot.Judge(hosted.Breaker, trial, kind.Name);
        return new RoleAnswer<TAnswer>(answer, null);
    }

    private RoleAnswer<TAnswer> Fault(
        Generation generation, HostedRole<TRole> hosted, long asked, int trial, string text, bool isTimeout, LoggedFault? trace = null)
    {
        string fault = $"{kind.Name}: {text}";
        slot.RecordCall();
        Count(asked, isTimeout ? "timeout" : "fault");
        slot.RecordFault(fault, trace, isTimeout);
        slot.Judge(hosted.Breaker, trial, kind.Name, generation.Settings.OnFault, fault);
        return new RoleAnswer<TAnswer>(kind.Substitute(generation.Settings.OnFault), fault);
    }

    private RoleAnswer<TAnswer> Unasked(Generation generation, HostedRole<TRole> hosted, long asked, string text)
    {
        if (hosted.IsStuck)
        {
            return Fault(generation, hosted, asked, trial: 0, text, isTimeout: true);
        }

        // Others were answered meanwhile, or will be: that this one was not says nothing of the role.
        string fault = $"{kind.Name}: {text}";
        slot.RecordCall();
        Count(asked, "timeout");
        slot.RecordFault(fault, trace: null, isTimeout: true);
        return new RoleAnswer<TAnswer>(kind.Substitute(generation.Settings.OnFault), fault);
    }

    private void Count(long asked, string outcome)
    {
        if (asked != 0)
        {
            PluginsMetrics.Called(slot.Name, kind.Name, outcome, slot.Clock.GetElapsedTime(asked));
        }
    }

    /// <summary>The role is switched off: nobody is asked.</summary>
    private RoleAnswer<TAnswer> Skip(HostedRole<TRole> hosted, PluginSettings settings)
    {
        slot.RecordSkipped();
        PluginsMetrics.Skipped(slot.Name, kind.Name);
        return new RoleAnswer<TAnswer>(kind.Substitute(settings.OnFault), $"{kind.Name}: switched off after {hosted.Breaker.Faults} faults in a row");
    }
}
