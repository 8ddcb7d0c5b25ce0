using PluginMail.Abstractions;

namespace PluginMail.Viruses;

/// <summary>The message that the recipient of an infected one gets instead.</summary>
internal static class VirusReport
{
    /// <summary>Describes it. The infected message is attached whole and untouched; its recipient decides.</summary>
    /// <param name="message">The infected message.</param>
    /// <param name="virus">The virus's name.</param>
    /// <param name="from">The report's sender; empty: postmaster of the first recipient's domain.</param>
    public static MessageBuilder Build(IMessageView message, string virus, string from)
    {
        string subject = Field(message, "Subject") ?? "(no subject)";
        string sender = from.Length > 0 ? from
            : message.Envelope.Recipients is [var first, ..] ? new EmailAddress("postmaster", first.Domain).ToString()
            : "postmaster@localhost";
        return new MessageBuilder()
            .Header("From", $"Virus scanner <{sender}>")
            .Header("To", Field(message, "To") ?? "undisclosed-recipients:;")
            .Header("Subject", $"Virus found: {subject}")
            .Header("Auto-Submitted", "auto-replied")
            .Body(
                $"""
                A message to you contains a virus and was replaced by this one.

                Virus: {virus}
                Claimed sender: {Field(message, "From") ?? "(none)"}
                Envelope sender: {message.Envelope.Sender?.ToString() ?? "<>"}
                Subject: {subject}

                The message is attached as it came. Do not open its attachments. Viruses
                nearly always use a forged sender: do not answer it either.

                Transaction {message.TransactionId}
                """)
            .AttachOriginal();
    }

    private static string? Field(IMessageView message, string name) =>
        message.Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
}
