using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>What an aggregate report says of one message (RFC 7489 section 7.2 and appendix C). Plain values, to be stored as they are.</summary>
public sealed record DmarcReportRow
{
    /// <summary>When the message came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Where the policy was found: whom the report is for.</summary>
    public required string PolicyDomain { get; init; }

    /// <summary>The policy as it was then.</summary>
    public required DmarcPublishedPolicy Policy { get; init; }

    /// <summary>The client's address as text.</summary>
    public required string SourceAddress { get; init; }

    /// <summary>The author's domain.</summary>
    public required string HeaderFrom { get; init; }

    /// <summary>The domain of the reverse path; empty for the null sender.</summary>
    public required string EnvelopeFrom { get; init; }

    /// <summary>What was done.</summary>
    public required DmarcPolicy Disposition { get; init; }

    /// <summary>Whether DKIM passed for the author's domain.</summary>
    public required bool IsDkimAligned { get; init; }

    /// <summary>Whether SPF passed for the author's domain.</summary>
    public required bool IsSpfAligned { get; init; }

    /// <summary>Why less was done than the policy asks: <c>sampled_out</c>, <c>local_policy</c> and so on; null where nothing else was done.</summary>
    public string? OverrideReason { get; init; }

    /// <summary>Each signature's result.</summary>
    public ImmutableArray<DmarcDkimResult> Dkim { get; init; } = [];

    /// <summary>The domain that SPF asked; empty where it asked none.</summary>
    public string SpfDomain { get; init; } = "";

    /// <summary>Whether that was the HELO name's.</summary>
    public bool IsSpfHelo { get; init; }

    /// <summary>What SPF said, in lower case.</summary>
    public string SpfResult { get; init; } = "none";

    /// <summary>The row of an outcome; null where no report is wanted.</summary>
    internal static DmarcReportRow? Of(
        DateTimeOffset now, AuthenticationRequest request, SpfVerification? spf, ImmutableArray<DkimVerification> dkim, DmarcVerification dmarc, ArcVerification arc)
    {
        if (dmarc.Record is not { AggregateUris.IsEmpty: false } record || request.ClientAddress is not { } client || dmarc.Result is not (DmarcResult.Pass or DmarcResult.Fail))
        {
            return null;
        }

        return new DmarcReportRow
        {
            ReceivedAt = now,
            PolicyDomain = dmarc.PolicyDomain!,
            Policy = DmarcPublishedPolicy.Of(record),
            SourceAddress = (client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client).ToString(),
            HeaderFrom = dmarc.AuthorDomain,
            EnvelopeFrom = request.Sender is { } sender ? DomainName.Normalize(sender.Domain) ?? "" : "",
            Disposition = dmarc.Disposition,
            IsDkimAligned = dmarc.IsDkimAligned,
            IsSpfAligned = dmarc.IsSpfAligned,
            OverrideReason = dmarc.IsSampledOut ? "sampled_out" : null,
            Dkim = [.. dkim.Where(one => one.Domain.Length > 0).Select(one => new DmarcDkimResult(one.Domain, one.Selector, one.Result.ToString().ToLowerInvariant()))],
            SpfDomain = spf?.Domain ?? "",
            IsSpfHelo = request.Sender is null,
            SpfResult = (spf?.Result.ToString() ?? "none").ToLowerInvariant(),
        };
    }
}
