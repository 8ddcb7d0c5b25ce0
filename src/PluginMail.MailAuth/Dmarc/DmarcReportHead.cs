namespace PluginMail.MailAuth;

/// <summary>Who reports what time to whom.</summary>
/// <param name="Organization">The reporting organization's name.</param>
/// <param name="Receiver">The reporting host's domain: it stands in the subject and the file name.</param>
/// <param name="Sender">The address that the report comes from.</param>
/// <param name="ReportId">Unique within the receiver: letters, digits, dots and hyphens.</param>
/// <param name="Begin">The first moment of the report.</param>
/// <param name="End">The last moment of the report.</param>
public sealed record DmarcReportHead(
    string Organization, string Receiver, string Sender, string ReportId, DateTimeOffset Begin, DateTimeOffset End);
