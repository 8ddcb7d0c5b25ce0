using System.Collections.Immutable;

namespace PluginMail.Delivery;

/// <summary>What is set about scripts on IMAP events.</summary>
public sealed record EventOptions
{
    /// <summary>The server's own scripts.</summary>
    public ImmutableArray<EventRule> Rules { get; init; } = [];

    /// <summary>The account's script that runs in mailboxes that name none, the server's /shared/imapsieve/script; empty: none.</summary>
    public string Script { get; init; } = "";

    /// <summary>How long a command waits for its scripts.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a message that is not kept is removed rather than flagged \Deleted alone (RFC 6785 section 2.2.4).</summary>
    public bool Expunges { get; init; }
}
