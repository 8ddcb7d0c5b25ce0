namespace PluginMail.Mime;

/// <summary>
/// A message disposition notification (RFC 8098): what a recipient's program did with a message. It is to be sent with the null reverse-path,
/// and never about a message that came with it.
/// </summary>
public sealed record DispositionReport
{
    /// <summary>Who reports: the recipient.</summary>
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
    public required string ReportingHost { get; init; }

    /// <summary>Whom the original was delivered to.</summary>
    public required string FinalRecipient { get; init; }

    /// <summary>Whom its sender gave; null where that is the same.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>The original's Message-ID with its angle brackets, or null.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>What was done (RFC 8098 section 3.2.6), such as "automatic-action/MDN-sent-automatically; deleted".</summary>
    public required string Disposition { get; init; }

    /// <summary>The original: <see cref="MimeContent.Headers"/> or <see cref="MimeContent.Message"/>; null to leave it out.</summary>
    public MimeContent? Original { get; init; }

    /// <summary>Builds the report.</summary>
    public ComposedMessage Compose()
    {
        var notification = MimeContent.Lines("message/disposition-notification", Fields());
        var text = MimeContent.Text(Text);
        var composer = new MessageComposer
        {
            Body = MimeContent.Multipart(
                "report", Original is null ? [text, notification] : [text, notification, Original], [new("report-type", "disposition-notification")]),
        };
        composer.Add("From", From).Add("To", To).Add("Subject", Subject).Add("Date", Date).AddRaw("Message-ID", MessageId);
        if (OriginalMessageId is not null)
        {
            composer.AddRaw("In-Reply-To", OriginalMessageId).AddRaw("References", OriginalMessageId);
        }

        return composer.AddRaw("Auto-Submitted", "auto-replied").Compose();
    }

    private string Fields()
    {
        var fields = new List<string> { HeaderEncoder.Raw("Reporting-UA", ReportingHost) };
        if (OriginalRecipient is not null)
        {
            fields.Add(HeaderEncoder.Raw("Original-Recipient", TypeOf(OriginalRecipient)));
        }

        fields.Add(HeaderEncoder.Raw("Final-Recipient", TypeOf(FinalRecipient)));
        if (OriginalMessageId is not null)
        {
            fields.Add(HeaderEncoder.Raw("Original-Message-ID", OriginalMessageId));
        }

        fields.Add(HeaderEncoder.Raw("Disposition", Disposition));
        return string.Concat(fields);
    }

    private static string TypeOf(string address) => System.Text.Ascii.IsValid(address) ? $"rfc822; {address}" : $"utf-8; {address}";
}
