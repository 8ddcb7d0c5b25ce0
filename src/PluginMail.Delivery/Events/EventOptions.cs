using System.Collections.Immutable;

namespace PluginMail.Delivery;

/// <summary>What is set about scripts on IMAP events.</summary>
public sealed record EventOptions
{
    /// <summary>The server's own scripts.</summary>
    public ImmutableArray<EventRule> Rules { get; init; } = [];

    /// <summary>How long a command waits for its scripts.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a message that is not kept is removed rather than flagged \Deleted alone (RFC 6785 section 2.2.4).</summary>
    public bool Expunges { get; init; }
}
