using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Roles;

/// <summary>A plugin's n-th session check.</summary>
internal sealed class PluginSessionRole(PluginSlot slot, int index) : SessionRole(slot.Name)
{
    private readonly Invoker<ISessionCheck, SessionQuestion, Verdict> _asking = new(slot, SessionCheckKind.Instance);
    private readonly Invoker<SessionEnd, EndedSession, bool> _ending = new(slot, SessionEndKind.Instance);

    internal PluginSlot Slot => slot;

    public override SessionStages Stages =>
        slot.Current?.Roles.Stages is { } stages && index < stages.Length ? stages[index] : SessionStages.None;

    public override SessionRoleLease Begin(ISessionView session) => new SessionCheckLease(this, session, Lease());

    /// <summary>Leases the serving version with its check.</summary>
    internal LeasedCheck? Lease()
    {
        if (slot.Enter() is not { } generation)
        {
            return null;
        }

        var roles = generation.Roles;
        if (index < roles.SessionChecks.Length)
        {
            return new LeasedCheck(generation, roles.SessionChecks[index], roles.SessionEnds[index], roles.Stages[index]);
        }

        generation.Exit();
        return null;
    }

    internal ValueTask<RoleAnswer<Verdict>> AskAsync(LeasedCheck leased, SessionQuestion question, CancellationToken cancellationToken)
    {
        leased.Generation.EnterAgain();
        return _asking.InvokeAsync(leased.Generation, leased.Check, question, cancellationToken);
    }

    /// <summary>Disposes what the check remembered of a session, under the time limit and among the calls of a role of its own.</summary>
    internal async ValueTask EndAsync(LeasedCheck leased, IAsyncDisposable state)
    {
        leased.Generation.EnterAgain();
        await _ending.InvokeAsync(leased.Generation, leased.End, new EndedSession(state), CancellationToken.None);
    }

    internal RoleAnswer<Verdict> FaultOf(LeasedCheck leased, string text)
    {
        slot.RecordFault(text, trace: null, isTimeout: false);
        return new RoleAnswer<Verdict>(FaultVerdicts.For(leased.Generation.Settings.OnFault), text);
    }
}

/// <summary>A version that a session leases, with the check and its stages.</summary>
internal sealed record LeasedCheck(
    Generation Generation, HostedRole<ISessionCheck> Check, HostedRole<SessionEnd> End, SessionStages Stages);

/// <summary>A question within a session.</summary>
internal readonly record struct SessionQuestion(SessionCheckContext Context, SessionCheckLease Lease);

internal sealed class SessionCheckKind : VerdictKind<ISessionCheck, SessionQuestion>
{
    public static readonly SessionCheckKind Instance = new();

    public override string Name => "session check";

    public override ValueTask<Verdict> Call(ISessionCheck role, SessionQuestion input, CancellationToken cancellationToken) =>
        role.CheckAsync(input.Context, input.Lease.State(role), cancellationToken);

    public override void Ended(SessionQuestion input) => input.Lease.CallEnded();
}

/// <summary>What a session check remembered of a session that has ended.</summary>
internal readonly record struct EndedSession(IAsyncDisposable State);

/// <summary>The ends of sessions as a role: it has nothing of its own, each call brings what is to be disposed of.</summary>
internal sealed class SessionEnd
{
    public static readonly SessionEnd Instance = new();
}

internal sealed class SessionEndKind : RoleKind<SessionEnd, EndedSession, bool>
{
    public static readonly SessionEndKind Instance = new();

    public override string Name => "end of a session check";

    public override bool Absent => true;

    public override async ValueTask<bool> Call(SessionEnd role, EndedSession input, CancellationToken cancellationToken)
    {
        await input.State.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    public override string? FindNonsense(bool answer) => null;

    public override bool Substitute(OnFault onFault) => false;
}
