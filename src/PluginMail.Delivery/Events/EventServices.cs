using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What scripts on IMAP events need around them.</summary>
public sealed record EventServices
{
    /// <summary>Mailboxes and bodies.</summary>
    public required IMailStore Store { get; init; }

    /// <summary>Finds the scripts.</summary>
    public required EventScripts Scripts { get; init; }

    /// <summary>What scripts see beside the message.</summary>
    public required FilterContexts Contexts { get; init; }

    /// <summary>Count what they do.</summary>
    public required FilterCounters Counters { get; init; }

    /// <summary>What they write.</summary>
    public required Correspondence Letters { get; init; }

    /// <summary>Takes what they send on.</summary>
    public required Func<ISubmission> Submission { get; init; }

    /// <summary>Keeps what they decided.</summary>
    public required ITraceLog Traces { get; init; }

    /// <summary>Settings; asked anew each time.</summary>
    public required Func<DeliveryOptions> Options { get; init; }

    /// <summary>How long they may go on when the server stops.</summary>
    public required Func<TimeSpan> Patience { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }
}
