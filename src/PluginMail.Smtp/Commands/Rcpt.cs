using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>RCPT (RFC 5321 section 4.1.1.3): adds a recipient.</summary>
/// <param name="ForwardPath">Whom the mail goes to.</param>
/// <param name="Dsn">What is asked for about reports (RFC 3461).</param>
/// <param name="HasParameters">Whether any parameter was given.</param>
internal sealed record RcptCommand(MailPath ForwardPath, RecipientDsn Dsn, bool HasParameters)
{
    /// <summary>The parameters as they were written.</summary>
    public string Parameters { get; init; } = "";

    public static readonly Verb Verb = new Verb<RcptCommand>("RCPT", SessionPhases.Sender | SessionPhases.Recipients, Parse, RcptHandler.HandleAsync)
    {
        LineLength = Verb.DefaultLineLength + 500 + 550, // source routes and UTF-8 take room; NOTIFY and ORCPT
        AllowsUtf8 = true,
    };

    public static Parsed<RcptCommand> Parse(ReadOnlySpan<byte> argument)
    {
        var path = new PathReader(argument);
        if (!path.TryTakeWord("TO:"u8) || !path.TryTakePath(out MailPath? recipient) || recipient.IsNull)
        {
            return SmtpReplies.InvalidRecipient;
        }

        return path.Rest.IsEmpty ? new RcptCommand(recipient, RecipientDsn.None, HasParameters: false) : ParseParameters(recipient, path.Rest);
    }

    private static Parsed<RcptCommand> ParseParameters(MailPath path, ReadOnlySpan<byte> text)
    {
        DsnNotify? notify = null;
        string? original = null;
        var reader = new ParameterReader(text);
        while (reader.TryNext())
        {
            bool isKnown = false;
            bool isValid = false;
            if (reader.Is("NOTIFY"u8))
            {
                (isKnown, isValid) = (true, notify is null && DsnReader.TryReadNotify(reader.Value, out notify));
            }
            else if (reader.Is("ORCPT"u8))
            {
                (isKnown, isValid) = (true, original is null && DsnReader.TryReadOriginalRecipient(reader.Value, out original));
            }

            if (!isKnown || !isValid)
            {
                return isKnown ? SmtpReplies.InvalidParameter : SmtpReplies.UnknownParameter;
            }
        }

        return !reader.IsWellFormed ? SmtpReplies.InvalidParameter
            : new RcptCommand(path, notify is null && original is null ? RecipientDsn.None : new RecipientDsn(notify, original), HasParameters: true)
            {
                Parameters = ParameterReader.TextOf(text),
            };
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

        if (command.HasParameters && !session.IsExtended)
        {
            session.RefuseRecipient();
            return SmtpReplies.UnknownParameter;
        }

        if (!command.ForwardPath.IsAscii && !session.IsInternationalized)
        {
            session.RefuseRecipient();
            return SmtpReplies.NotInternationalized;
        }

        EmailAddress recipient = command.ForwardPath.Address ?? new EmailAddress("postmaster", session.Options.Hostname);
        if (await session.Mail.RecipientAsync(recipient, command.Dsn, command.Parameters, cancellationToken) is { } refusal)
        {
            session.RefuseRecipient();
            return new Outcome.Answer(refusal, recipient.ToString());
        }

        session.AddRecipient(recipient);
        return SmtpReplies.RecipientOk;
    }
}
