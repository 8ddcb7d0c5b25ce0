namespace PluginMail.Pipeline;

/// <summary>What was found out about a session before its next transaction: points and tags, what speaks against it, and who said so.</summary>
internal sealed class SessionStanding
{
    /// <summary>A session that nothing is known of.</summary>
    public SessionStanding(DateTimeOffset now) => Trace = new DecisionTrace("", now);

    /// <summary>What holds at an earlier moment holds now too.</summary>
    public SessionStanding(SessionStanding earlier, DateTimeOffset now)
        : this(now)
    {
        Judgement.Inherit(earlier.Judgement);
        Objection = earlier.Objection;
        Trace.AddAll(earlier.Trace.Entries);
    }

    /// <summary>The verdicts so far.</summary>
    public Judgement Judgement { get; } = new();

    /// <summary>The first refusal or deferral, which is said at each RCPT.</summary>
    public Objection? Objection { get; set; }

    /// <summary>What was decided, to be copied into each transaction's trace.</summary>
    public DecisionTrace Trace { get; }
}
