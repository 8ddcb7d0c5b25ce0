using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Delivery;

/// <summary>What the sender's filter makes of a message.</summary>
/// <param name="IsSent">Whether it goes to its recipients.</param>
/// <param name="Mailbox">The sender's own mailbox; null where no filter ran.</param>
public sealed record SenderOutcome(bool IsSent, PlannedMailbox? Mailbox)
{
    /// <summary>What the filter changed of what is sent.</summary>
    public ImmutableArray<MessageChange> Changes { get; init; } = [];

    /// <summary>Sent, as without a filter.</summary>
    public static readonly SenderOutcome Sent = new(IsSent: true, null);
}
