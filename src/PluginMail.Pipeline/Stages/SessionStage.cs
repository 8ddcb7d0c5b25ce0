using System.Collections.Immutable;
using System.Diagnostics;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Asks the session checks of one session, in mail.toml's order, and keeps their leases until the session ends.</summary>
internal sealed class SessionStage(ImmutableArray<SessionRole> roles, ISessionView session) : IAsyncDisposable
{
    private readonly SessionRoleLease?[] _leases = new SessionRoleLease?[roles.Length];

    /// <summary>The checks that have begun, and null for those that have not.</summary>
    public ReadOnlySpan<SessionRoleLease?> Leases => _leases;

    /// <summary>Asks all checks that want to be asked at a stage, until one refuses or defers.</summary>
    /// <returns>What one of them has against it; its effects don't count then. Null where none objects.</returns>
    public async ValueTask<Objection?> AskAsync(
        SessionCheckContext context, Judgement judgement, DecisionTrace trace, CancellationToken cancellationToken)
    {
        for (int i = 0; i < roles.Length; i++)
        {
            SessionRole role = roles[i];
            if ((role.Stages & context.Stage) == 0 || judgement.Bypasses(role.Plugin))
            {
                continue;
            }

            SessionRoleLease lease = _leases[i] ??= role.Begin(session);
            long start = Stopwatch.GetTimestamp();
            RoleAnswer<Verdict> answer = await lease.AskAsync(context, cancellationToken);
            Record(context, role.Plugin, answer, start, trace);
            if (IsObjection(context.Stage, answer.Value.Decision))
            {
                return new Objection(answer.Value.Decision, role.Plugin);
            }

            judgement.Add(role.Plugin, answer.Value);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SessionRoleLease? lease in _leases)
        {
            if (lease is not null)
            {
                await lease.DisposeAsync();
            }
        }
    }

    // What is refused, or discarded for one recipient, says nothing about the other recipients of the message.
    private static bool IsObjection(SessionStages stage, Decision decision) =>
        decision is Decision.Refuse or Decision.Defer || (decision is Decision.Discard && stage == SessionStages.Recipient);

    private static void Record(SessionCheckContext context, string plugin, RoleAnswer<Verdict> answer, long start, DecisionTrace trace) =>
        trace.Add(new TraceEntry(
            StageName(context.Stage),
            plugin,
            VerdictText.Of(answer.Value),
            answer.Fault ?? VerdictText.Detail(answer.Value),
            context.Recipient?.ToString(),
            VerdictText.Score(answer.Value),
            (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds));

    private static string StageName(SessionStages stage) => stage switch
    {
        SessionStages.Connect => "connect",
        SessionStages.Greet => "greet",
        SessionStages.Authenticate => "authenticate",
        SessionStages.Sender => "sender",
        _ => "recipient",
    };
}
