using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Milter.Messages;

namespace PluginMail.Milter.Sessions;

/// <summary>What a milter is told at MAIL.</summary>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Parameters">MAIL's parameters.</param>
/// <param name="TransactionId">The transaction's id.</param>
internal sealed record MailStep(EmailAddress? Sender, ImmutableArray<EsmtpParameter> Parameters, string? TransactionId)
{
    public static MailStep Of(SessionCheckContext context) => new(context.Sender, context.SenderParameters, context.TransactionId);

    public static MailStep Of(IMessageView message) =>
        new(message.Envelope.Sender, EsmtpArguments.OfSender(message.Envelope), message.TransactionId);
}

/// <summary>What a milter is told at RCPT.</summary>
/// <param name="Recipient">The forward path.</param>
/// <param name="Parameters">RCPT's parameters.</param>
/// <param name="Refusal">What the client is told where somebody else refused it; null where nobody did.</param>
internal sealed record RcptStep(EmailAddress Recipient, ImmutableArray<EsmtpParameter> Parameters, SmtpReply? Refusal = null)
{
    public static RcptStep Of(SessionCheckContext context) => new(context.Recipient!, context.RecipientParameters, context.Refusal);

    public static RcptStep Of(Envelope envelope, EmailAddress recipient) => new(recipient, EsmtpArguments.OfRecipient(envelope, recipient));
}
