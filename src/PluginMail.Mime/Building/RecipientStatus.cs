namespace PluginMail.Mime;

/// <summary>The fields of one recipient in a delivery status report (RFC 3464 section 2.3).</summary>
/// <param name="FinalRecipient">The address that delivery was tried for.</param>
/// <param name="Action">What happened.</param>
/// <param name="Status">Enhanced status code (RFC 3463), such as "5.1.1".</param>
public sealed record RecipientStatus(string FinalRecipient, DeliveryAction Action, string Status)
{
    /// <summary>The address that the sender gave, when it differs; null to leave it out.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>The host that said so, or null.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>Its SMTP reply without the diagnostic type, which is always smtp; or null.</summary>
    public string? DiagnosticCode { get; init; }

    /// <summary>When delivery was last tried.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>Until when attempts go on, for delayed mail.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }
}
