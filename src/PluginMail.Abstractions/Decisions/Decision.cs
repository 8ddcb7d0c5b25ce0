namespace PluginMail.Abstractions;

/// <summary>What is to become of a session, a recipient or a message: one of five.</summary>
/// <remarks>
/// There is no decision that skips other plugins. Where several decide, the strongest wins: Refuse, Defer, Discard, Hold, Pass;
/// among equals the first in mail.toml's order.
/// </remarks>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Nothing against it.</summary>
    public sealed record Pass : Decision
    {
        /// <summary>The one instance that is needed.</summary>
        public static readonly Pass Instance = new();
    }

    /// <summary>No, for good.</summary>
    /// <param name="Reply">A 5yz reply.</param>
    public sealed record Refuse(SmtpReply Reply) : Decision;

    /// <summary>Not now.</summary>
    /// <param name="Reply">A 4yz reply.</param>
    public sealed record Defer(SmtpReply Reply) : Decision;

    /// <summary>Accepted and thrown away. For the few cases where a reply would help an attacker.</summary>
    /// <param name="Reason">Why, for trace and log.</param>
    public sealed record Discard(string Reason) : Decision;

    /// <summary>Accepted and kept from its recipients until someone releases it.</summary>
    /// <param name="Reason">Why, for the person who decides.</param>
    public sealed record Hold(string Reason) : Decision;
}
