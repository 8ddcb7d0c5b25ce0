using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>RCPT (RFC 5321 section 4.1.1.3): adds a recipient.</summary>
/// <param name="ForwardPath">Whom the mail goes to.</param>
internal sealed record RcptCommand(MailPath ForwardPath)
{
    public static readonly Verb Verb = new Verb<RcptCommand>("RCPT", SessionPhases.Sender | SessionPhases.Recipients, Parse, RcptHandler.HandleAsync)
    {
        LineLength = Verb.DefaultLineLength + 500, // as for MAIL; source routes and UTF-8 take room
        AllowsUtf8 = true,
    };

    public static Parsed<RcptCommand> Parse(ReadOnlySpan<byte> argument)
    {
        var path = new PathReader(argument);
        if (!path.TryTakeWord("TO:"u8) || !path.TryTakePath(out MailPath? recipient) || recipient.IsNull)
        {
            return SmtpReplies.InvalidRecipient;
        }

        var parameters = new ParameterReader(path.Rest);
        if (parameters.TryNext())
        {
            return SmtpReplies.UnknownParameter; // no extension that is offered has one
        }

        return parameters.IsWellFormed ? new RcptCommand(recipient) : SmtpReplies.InvalidParameter;
    }
}

/// <summary>Handles RCPT.</summary>
internal static class RcptHandler
{
    public static async ValueTask<Outcome> HandleAsync(RcptCommand command, SessionContext session, CancellationToken cancellationToken)
    {
        if (session.Recipients >= session.Options.MaximumRecipients)
        {
            return SmtpReplies.TooManyRecipients;
        }

        if (!command.ForwardPath.IsAscii && !session.IsInternationalized)
        {
            session.RefuseRecipient();
            return SmtpReplies.NotInternationalized;
        }

        EmailAddress recipient = command.ForwardPath.Address ?? new EmailAddress("postmaster", session.Options.Hostname);
        if (await session.Mail.RecipientAsync(recipient, cancellationToken) is { } refusal)
        {
            session.RefuseRecipient();
            return new Outcome.Answer(refusal, recipient.ToString());
        }

        session.AddRecipient(recipient);
        return SmtpReplies.RecipientOk;
    }
}
