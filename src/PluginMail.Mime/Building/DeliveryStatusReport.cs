namespace PluginMail.Mime;

/// <summary>
/// A delivery status notification (RFC 3464): multipart/report with a text for people, the message/delivery-status part for programs
/// (message/global-delivery-status when an address is not ASCII, RFC 6533), and the original or its header. It is to be sent with the null reverse-path.
/// </summary>
public sealed record DeliveryStatusReport
{
    /// <summary>Who reports, such as MAILER-DAEMON.</summary>
    public required HeaderAddress From { get; init; }

    /// <summary>Who sent the original.</summary>
    public required HeaderAddress To { get; init; }

    /// <summary>The report's subject.</summary>
    public required string Subject { get; init; }

    /// <summary>The report's date.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The report's Message-ID with its angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>The explanation for people.</summary>
    public required string Text { get; init; }

    /// <summary>Name of the reporting host.</summary>
    public required string ReportingMta { get; init; }

    /// <summary>One entry for each recipient reported on.</summary>
    public required IReadOnlyList<RecipientStatus> Recipients { get; init; }

    /// <summary>ENVID of the original's transaction (RFC 3461), or null.</summary>
    public string? OriginalEnvelopeId { get; init; }

    /// <summary>When the original came in.</summary>
    public DateTimeOffset? ArrivalDate { get; init; }

    /// <summary>The original: <see cref="MimeContent.Headers"/> or <see cref="MimeContent.Message"/>; null to leave it out.</summary>
    public MimeContent? Original { get; init; }

    /// <summary>Builds the report.</summary>
    public ComposedMessage Compose()
    {
        var fields = StatusFields();
        var mediaType = System.Text.Ascii.IsValid(fields) ? "message/delivery-status" : "message/global-delivery-status";
        var status = MimeContent.Lines(mediaType, fields);
        var text = MimeContent.Text(Text);
        var composer = new MessageComposer
        {
            Body = MimeContent.Multipart(
                "report", Original is null ? [text, status] : [text, status, Original], [new("report-type", "delivery-status")]),
        };
        return composer.Add("From", From).Add("To", To).Add("Subject", Subject).Add("Date", Date).AddRaw("Message-ID", MessageId)
            .AddRaw("Auto-Submitted", "auto-replied").Compose();
    }

    private string StatusFields()
    {
        var fields = new List<string> { HeaderEncoder.Raw("Reporting-MTA", $"dns; {ReportingMta}") };
        AddOptional(fields, "Original-Envelope-Id", OriginalEnvelopeId);
        AddOptional(fields, "Arrival-Date", ArrivalDate);
        foreach (var recipient in Recipients)
        {
            fields.Add("\r\n");
            AddOptional(
                fields,
                "Original-Recipient",
                recipient is { OriginalRecipient: { } original, OriginalRecipientType: { } type } ? $"{type}; {original}" : AddressOf(recipient.OriginalRecipient));
            fields.Add(HeaderEncoder.Raw("Final-Recipient", AddressOf(recipient.FinalRecipient)!));
            fields.Add(HeaderEncoder.Raw("Action", recipient.Action.ToString().ToLowerInvariant()));
            fields.Add(HeaderEncoder.Raw("Status", recipient.Status));
            AddOptional(fields, "Remote-MTA", recipient.RemoteMta is null ? null : $"dns; {recipient.RemoteMta}");
            AddOptional(fields, "Diagnostic-Code", recipient.DiagnosticCode is null ? null : $"{recipient.DiagnosticType}; {recipient.DiagnosticCode}");
            AddOptional(fields, "Last-Attempt-Date", recipient.LastAttempt);
            AddOptional(fields, "Will-Retry-Until", recipient.WillRetryUntil);
        }
        return string.Concat(fields);
    }

    /// <summary>Address types: rfc822, and utf-8 for addresses beyond ASCII (RFC 6533).</summary>
    private static string? AddressOf(string? address) =>
        address is null ? null : System.Text.Ascii.IsValid(address) ? $"rfc822; {address}" : $"utf-8; {address}";

    private static void AddOptional(List<string> fields, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            fields.Add(HeaderEncoder.Raw(name, value));
        }
    }

    private static void AddOptional(List<string> fields, string name, DateTimeOffset? date) =>
        AddOptional(fields, name, date is null ? null : MailDate.Format(date.Value));
}
