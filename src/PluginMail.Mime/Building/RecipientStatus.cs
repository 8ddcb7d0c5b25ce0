namespace PluginMail.Mime;

/// <summary>The fields of one recipient in a delivery status report (RFC 3464 section 2.3).</summary>
/// <param name="FinalRecipient">The address that delivery was tried for.</param>
/// <param name="Action">What happened.</param>
/// <param name="Status">Enhanced status code (RFC 3463), such as "5.1.1".</param>
public sealed record RecipientStatus(string FinalRecipient, DeliveryAction Action, string Status)
{
    /// <summary>The address that the sender gave, when it differs; null to leave it out.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>The type of that address, as ORCPT gave it (RFC 3461 section 4.2); null where it follows from the address.</summary>
    public string? OriginalRecipientType { get; init; }

    /// <summary>The host that said so, or null.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>What was said, without the diagnostic type; or null.</summary>
    public string? DiagnosticCode { get; init; }

    /// <summary>The diagnostic type (RFC 3464 section 2.3.6): smtp for a reply of another host.</summary>
    public string DiagnosticType { get; init; } = "smtp";

    /// <summary>When delivery was last tried.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>Until when attempts go on, for delayed mail.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }
}
