using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Roles;

/// <summary>A session check bound to one session: the version it began with answers until the session ends, whatever is reloaded meanwhile.</summary>
internal sealed class SessionCheckLease(PluginSessionRole role, ISessionView session, LeasedCheck? leased) : SessionRoleLease(role)
{
    private static readonly RoleAnswer<Verdict> Pass = new(Verdict.Pass, null);

    private LeasedCheck? _leased = leased;
    private Remembered? _remembered;
    private int _busy;
    private int _disposed;

    /// <summary>Of a version that was stopped, those of its successor, with which the session goes on.</summary>
    public override SessionStages Stages => _leased is { Generation.IsClosed: false } leased ? leased.Stages : role.Stages;

    public override ValueTask<RoleAnswer<Verdict>> AskAsync(SessionCheckContext context, CancellationToken cancellationToken)
    {
        if (_leased is { Generation.IsClosed: true } && Volatile.Read(ref _busy) == 0)
        {
            MoveOn();
        }

        if (_leased is not { } leased || (leased.Stages & context.Stage) == 0)
        {
            return new ValueTask<RoleAnswer<Verdict>>(Pass);
        }

        return Interlocked.Exchange(ref _busy, 1) == 0
            ? role.AskAsync(leased, new SessionQuestion(context, this), cancellationToken)
            : new ValueTask<RoleAnswer<Verdict>>(role.FaultOf(leased, "session check: an earlier call of this session has not ended yet"));
    }

    public override IAsyncDisposable? StateOf(ISessionCheck check) =>
        ReferenceEquals(_leased?.Check.Role, check) ? _remembered?.State : null;

    /// <summary>Leases, for one call of another role, the version that remembers this session.</summary>
    /// <param name="slot">The plugin that is to be called.</param>
    /// <returns>The version; null where this is another plugin's check, where it remembers nothing, or where the version was stopped.</returns>
    public Generation? Enter(PluginSlot slot)
    {
        if (role.Slot != slot || _remembered?.State is null || _leased is not { Generation: { IsClosed: false } generation })
        {
            return null;
        }

        generation.EnterAgain();
        return generation;
    }

    /// <summary>Ends the check's part of the session; where a call has not ended yet, after that. The session waits for neither.</summary>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && Volatile.Read(ref _busy) == 0)
        {
            _ = EndAsync().AsTask();
        }

        return default;
    }

    /// <summary>What the check remembers of this session; made at the first question.</summary>
    internal IAsyncDisposable? State(ISessionCheck check) =>
        (_remembered ??= new Remembered(check.BeginSession(session))).State;

    /// <summary>A call has really ended, maybe long after its time limit.</summary>
    internal void CallEnded()
    {
        Interlocked.Exchange(ref _busy, 0);
        if (Volatile.Read(ref _disposed) == 1)
        {
            _ = EndAsync().AsTask();
        }
    }

    private async ValueTask EndAsync()
    {
        if (Interlocked.Exchange(ref _leased, null) is not { } leased)
        {
            return;
        }

        try
        {
            if (_remembered?.State is { } state)
            {
                await role.EndAsync(leased, state);
            }
        }
        finally
        {
            _remembered = null;
            leased.Generation.Exit();
        }
    }

    /// <summary>The version was stopped under this session, after more time than any session should need: goes on with its successor.</summary>
    private void MoveOn()
    {
        _leased?.Generation.Exit();
        _remembered = null;
        _leased = role.Lease();
    }

    /// <summary>What <see cref="ISessionCheck.BeginSession"/> made, which may be nothing.</summary>
    private sealed record Remembered(IAsyncDisposable? State);
}
