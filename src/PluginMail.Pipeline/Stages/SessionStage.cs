using System.Collections.Immutable;
using System.Diagnostics;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Asks the session checks of one session, in mail.toml's order, and keeps their leases until the session ends.</summary>
internal sealed class SessionStage(ImmutableArray<SessionRole> roles, ISessionView session) : IAsyncDisposable
{
    private readonly SessionRoleLease?[] _leases = new SessionRoleLease?[roles.Length];

    /// <summary>Asks all checks that want to be asked at a stage, until one refuses or defers.</summary>
    /// <returns>The reply that refuses or defers, and who gave it; null where none does.</returns>
    public async ValueTask<(SmtpReply Reply, string Role)?> AskAsync(
        SessionCheckContext context, Judgement judgement, DecisionTrace? trace, CancellationToken cancellationToken)
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
            judgement.Add(role.Plugin, answer.Value);
            Record(context, role.Plugin, answer, start, trace);
            switch (answer.Value.Decision)
            {
                case Decision.Refuse refuse:
                    return (refuse.Reply, role.Plugin);
                case Decision.Defer defer:
                    return (defer.Reply, role.Plugin);
            }
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

    private static void Record(SessionCheckContext context, string plugin, RoleAnswer<Verdict> answer, long start, DecisionTrace? trace) =>
        trace?.Add(new TraceEntry(
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
