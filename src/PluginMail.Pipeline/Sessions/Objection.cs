using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>What a session check or the built-in policy has against a session, a sender or a recipient.</summary>
/// <param name="Decision">A refusal or a deferral; of a single recipient also that it gets nothing.</param>
/// <param name="Role">Who objects.</param>
internal sealed record Objection(Decision Decision, string Role)
{
    /// <summary>Whether an administrator's list says so, so that an earlier rule for the recipient lifts it.</summary>
    public bool IsOfAccess { get; init; }

    /// <summary>What in the rule decided, for the trace; null where there is none.</summary>
    public string? Rule { get; init; }

    /// <summary>How many of the session's checks had been asked when it was made, the one that made it included; 0 for the built-in policy.</summary>
    public int ChecksAsked { get; init; }

    /// <summary>As the trace has it.</summary>
    public string Detail => Rule is null ? $"{Reply}" : $"{Reply} [{Rule}]";

    /// <summary>What the client is told; null where it is told that all is well.</summary>
    public SmtpReply? Reply => Decision switch
    {
        Decision.Refuse refuse => refuse.Reply,
        Decision.Defer defer => defer.Reply,
        _ => null,
    };

    /// <summary>An objection of the built-in policy.</summary>
    public static Objection OfPolicy(SmtpReply reply) =>
        new(reply.IsTransient ? new Decision.Defer(reply) : new Decision.Refuse(reply), "policy");
}
