using PluginMail.Abstractions;

namespace PluginMail.Queue;

/// <summary>What came of one recipient of an attempt.</summary>
/// <param name="Reply">The other host's reply, or one of our own where none could be had: 4yz is tried again, 5yz is not.</param>
public sealed record OutboundOutcome(SmtpReply Reply)
{
    /// <summary>The host that answered, as it named itself or as it was found, with its address, for reports and the log; null where none did.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the destination as a whole failed (no host answered, or all turned us away at the start): the queue pauses it.</summary>
    public bool IsDestinationDown { get; init; }

    /// <summary>Whether the host took the request for reports over (RFC 3461); where not, a wanted success report says "relayed" (RFC 3461 section 5.2.2).</summary>
    public bool IsReportingPassedOn { get; init; }

    /// <summary>How the connection was protected, for the log and the trace, as <c>TLSv1.3 verified (DANE)</c>; null where it was not.</summary>
    public string? Tls { get; init; }
}
