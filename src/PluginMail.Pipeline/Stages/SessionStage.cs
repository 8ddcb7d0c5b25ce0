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
            if (Lease(i, context.Stage, judgement) is not { } lease)
            {
                continue;
            }

            SessionRole role = roles[i];
            long start = Stopwatch.GetTimestamp();
            RoleAnswer<Verdict> answer = await lease.AskAsync(context, cancellationToken);
            Record(context, role.Plugin, answer, start, trace);
            if (IsObjection(context.Stage, answer.Value.Decision))
            {
                return new Objection(answer.Value.Decision, role.Plugin) { ChecksAsked = i + 1 };
            }

            judgement.Add(role.Plugin, answer.Value);
        }

        return null;
    }

    /// <summary>Whether a check wants to be asked at a stage.</summary>
    public bool IsWanted(SessionStages stage)
    {
        for (int i = 0; i < roles.Length; i++)
        {
            if ((StagesOf(i) & stage) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks about a command that is not known, until one refuses or defers. A fault says nothing of the client's command.</summary>
    /// <returns>What is said in place of the protocol's own reply; null where nobody wants anything.</returns>
    public async ValueTask<SmtpReply?> AskAboutCommandAsync(SessionCheckContext context, Judgement judgement, CancellationToken cancellationToken)
    {
        for (int i = 0; i < roles.Length; i++)
        {
            if (Lease(i, context.Stage, judgement) is { } lease
                && await lease.AskAsync(context, cancellationToken) is { Fault: null, Value.Decision: var decision }
                && ReplyOf(decision) is { } reply)
            {
                return reply;
            }
        }

        return null;
    }

    /// <summary>Tells of a refused recipient those checks that want to hear of it and were not asked about it.</summary>
    /// <param name="context">The recipient and its refusal.</param>
    /// <param name="asked">How many checks were asked.</param>
    /// <param name="judgement">Who is passed over.</param>
    /// <param name="cancellationToken">The session's end.</param>
    public async ValueTask TellAsync(SessionCheckContext context, int asked, Judgement judgement, CancellationToken cancellationToken)
    {
        for (int i = asked; i < roles.Length; i++)
        {
            if (Lease(i, context.Stage, judgement) is { } lease)
            {
                await lease.AskAsync(context, cancellationToken);
            }
        }
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

    private SessionRoleLease? Lease(int index, SessionStages stage, Judgement judgement)
    {
        SessionRole role = roles[index];
        return (StagesOf(index) & stage) == 0 || judgement.Bypasses(role.Plugin) ? null : _leases[index] ??= role.Begin(session);
    }

    // A session that has begun with one version goes on with it, whatever its successor wants.
    private SessionStages StagesOf(int index) => _leases[index]?.Stages ?? roles[index].Stages;

    private static SmtpReply? ReplyOf(Decision decision) => decision switch
    {
        Decision.Refuse refuse => refuse.Reply,
        Decision.Defer defer => defer.Reply,
        _ => null,
    };

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
        SessionStages.Data => "data",
        _ => "recipient",
    };
}
