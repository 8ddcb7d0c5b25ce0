using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>What came of an attempt, not yet on disk.</summary>
/// <param name="Entry">The entry with the recipients that were tried.</param>
/// <param name="Outcomes">For each of them.</param>
/// <param name="Here">For each of them, whether this server served it.</param>
internal sealed record AttemptResult(QueueEntry Entry, ImmutableArray<OutboundOutcome> Outcomes, ImmutableArray<bool> Here)
{
    /// <summary>What it showed of the destination.</summary>
    public DestinationHealth Health =>
        Outcomes.Any(outcome => outcome.IsDestinationDown) ? DestinationHealth.Down
        : Outcomes.Any(outcome => outcome.Reply.IsPositive) ? DestinationHealth.Accepting
        : DestinationHealth.Up;
}

/// <summary>What follows from an attempt, once it is on disk.</summary>
/// <param name="Next">When the first of its recipients is due again; null where none is.</param>
/// <param name="HasReport">Whether there is something to be reported.</param>
/// <param name="MayHaveMore">Whether there may be more recipients of the entry that are due in the domain.</param>
internal sealed record AttemptEnd(DateTimeOffset? Next, bool HasReport, bool MayHaveMore)
{
    public static readonly AttemptEnd Nothing = new(null, HasReport: false, MayHaveMore: false);
}
