using System.Collections.Immutable;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>All that is known of who a message is from.</summary>
public sealed record AuthenticationOutcome
{
    /// <summary>SPF of the reverse path (RFC 7208); null where no client brought the message.</summary>
    public SpfVerification? SpfMailFrom { get; init; }

    /// <summary>SPF of the HELO name (RFC 7208); null where no client brought the message.</summary>
    public SpfVerification? SpfHelo { get; init; }

    /// <summary>The signatures from the top (RFC 6376); empty where there are none.</summary>
    public required ImmutableArray<DkimVerification> Dkim { get; init; }

    /// <summary>The chain (RFC 8617).</summary>
    public required ArcVerification Arc { get; init; }

    /// <summary>DMARC (RFC 7489), with what is to be done with the message.</summary>
    public required DmarcVerification Dmarc { get; init; }

    /// <summary>iprev (RFC 8601 section 3); null where it was not checked.</summary>
    public ReverseNameVerification? ReverseName { get; init; }

    /// <summary>The value of our Authentication-Results field (RFC 8601), folded; what stands after the colon.</summary>
    public required string AuthenticationResults { get; init; }

    /// <summary>The edits to the header, in their order: forged results removed, ours put on top.</summary>
    public required ImmutableArray<MimeHeaderEdit> HeaderEdits { get; init; }

    /// <summary>What a report to the author's domain says of this message; null where the domain wants no reports.</summary>
    public DmarcReportRow? ReportRow { get; init; }
}
