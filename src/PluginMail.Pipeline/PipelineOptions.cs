using System.Net;

namespace PluginMail.Pipeline;

/// <summary>What the pipeline needs to know of mail.toml. Replaced as a whole on a reload.</summary>
/// <param name="Hostname">The server's name, for Received and Message-ID.</param>
/// <param name="RelayNetworks">Networks whose hosts may send anywhere, as an authenticated account may.</param>
/// <param name="RefusesOverQuota">Whether a full mailbox is refused (552) rather than deferred (452).</param>
/// <param name="StageTimeout">Limit of the whole Message stage.</param>
/// <param name="Spam">Thresholds of the summed score.</param>
public sealed record PipelineOptions(
    string Hostname, IReadOnlyList<IPNetwork> RelayNetworks, bool RefusesOverQuota, TimeSpan StageTimeout, SpamThresholds Spam)
{
    /// <summary>Octets of the largest message that is submitted by the server itself or a plugin; protocols have their own bound.</summary>
    public long MaximumMessageSize { get; init; } = 50 << 20;

    /// <summary>Who is let in, refused, or set aside, by client, greeting, sender and recipient; asked before the two lists.</summary>
    public AccessTable Access { get; init; } = AccessTable.Empty;

    /// <summary>What fields of a message's header and of its parts decide.</summary>
    public HeaderRules HeaderRules { get; init; } = HeaderRules.Empty;

    /// <summary>Senders that greylisting, block lists and reverse DNS don't hold up.</summary>
    public AccessList AlwaysAccept { get; init; } = AccessList.Empty;

    /// <summary>Senders that are refused.</summary>
    public AccessList AlwaysRefuse { get; init; } = AccessList.Empty;

    /// <summary>What one client or account may send in a time.</summary>
    public TrafficOptions Traffic { get; init; } = new();
}

/// <summary>Thresholds of the summed score; positive infinity switches one off.</summary>
/// <param name="Tag">From here a header says that it looks like spam.</param>
/// <param name="Junk">From here it goes to the Junk folder.</param>
/// <param name="Refuse">From here it is refused.</param>
public sealed record SpamThresholds(double Tag, double Junk, double Refuse);
