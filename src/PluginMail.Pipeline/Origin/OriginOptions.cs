using System.Net;

namespace PluginMail.Pipeline;

/// <summary>What a domain's DMARC policy counts for here.</summary>
public enum DmarcEnforcement
{
    /// <summary>It is written down and does nothing.</summary>
    None,

    /// <summary>Messages that it would refuse go to the Junk folder, like those that it would quarantine.</summary>
    Junk,

    /// <summary>What the domain asks for: refusal or the Junk folder.</summary>
    Enforce,
}

/// <summary>How the origin of messages is checked.</summary>
public sealed record OriginOptions
{
    /// <summary>Whether it is at all.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Clients that are not asked where their mail comes from.</summary>
    public IReadOnlyList<IPNetwork> Exempt { get; init; } = [];

    /// <summary>What DMARC counts for.</summary>
    public DmarcEnforcement Dmarc { get; init; } = DmarcEnforcement.Enforce;

    /// <summary>Whether SPF's fail refuses by itself, whatever DMARC says (RFC 7208 section 8.4).</summary>
    public bool RefusesSpfFail { get; init; }

    /// <summary>Domains whose ARC seals are believed: where their chain passes, a DMARC failure counts for nothing (RFC 8617 section 7.2.1).</summary>
    public IReadOnlyList<string> TrustedSealers { get; init; } = [];

    /// <summary>Whether messages from outside that are sent on elsewhere get an ARC seal of the domain that they came for.</summary>
    public bool SealsForwarded { get; init; } = true;

    /// <summary>Whether rows for DMARC's aggregate reports are kept.</summary>
    public bool KeepsReportRows { get; init; } = true;
}
