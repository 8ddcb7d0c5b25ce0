using System.Buffers.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Smtp;

/// <summary>MAIL (RFC 5321 section 4.1.1.2): begins a transaction.</summary>
/// <param name="ReversePath">Whom the mail comes from.</param>
/// <param name="Parameters">What was declared.</param>
/// <param name="HasParameters">Whether any parameter was given.</param>
/// <param name="HasAuth">Whether AUTH= was among them (RFC 4954 section 5).</param>
internal sealed record MailCommand(MailPath ReversePath, MailParameters Parameters, bool HasParameters, bool HasAuth)
{
    // 512 octets, and what SIZE (26), BODY (17), SMTPUTF8 (10), AUTH (500), RET with ENVID (115) and REQUIRETLS (11) add, without the line end.
    private const int ExtendedLineLength = Verb.DefaultLineLength + 26 + 17 + 10 + 500 + 115 + 11;

    // RFC 3461 section 4.4.
    private const int MaximumEnvelopeIdLength = 100;

    private static readonly MailParameters NoParameters = new(null, BodyType.SevenBit, IsInternationalized: false);

    public static readonly Verb Verb = new Verb<MailCommand>("MAIL", SessionPhases.Idle, Parse, MailHandler.HandleAsync)
    {
        LineLength = ExtendedLineLength,
        AllowsUtf8 = true,
    };

    public static Parsed<MailCommand> Parse(ReadOnlySpan<byte> argument)
    {
        var reader = new PathReader(argument);
        if (!reader.TryTakeWord("FROM:"u8) || !reader.TryTakePath(out MailPath? path) || path.IsPostmaster)
        {
            return SmtpReplies.InvalidSender;
        }

        return reader.Rest.IsEmpty
            ? new MailCommand(path, NoParameters, HasParameters: false, HasAuth: false)
            : ParseParameters(path, reader.Rest);
    }

    private static Parsed<MailCommand> ParseParameters(MailPath path, ReadOnlySpan<byte> text)
    {
        long? size = null;
        BodyType? body = null;
        bool isInternationalized = false;
        bool hasAuth = false;
        bool requiresTls = false;
        DsnReturn? returned = null;
        string? envelopeId = null;
        var reader = new ParameterReader(text);
        while (reader.TryNext())
        {
            SmtpReply? refusal =
                reader.Is("SIZE"u8) ? Once(size is null, TryReadSize(reader.Value, out size))
                : reader.Is("BODY"u8) ? ReadBody(reader.Value, ref body)
                : reader.Is("SMTPUTF8"u8) ? Once(!isInternationalized, isInternationalized = !reader.HasValue)
                : reader.Is("AUTH"u8) ? Once(!hasAuth, hasAuth = Xtext.IsValid(reader.Value))
                : reader.Is("RET"u8) ? Once(returned is null, TryReadReturn(reader.Value, out returned))
                : reader.Is("ENVID"u8) ? Once(envelopeId is null, Xtext.TryRead(reader.Value, MaximumEnvelopeIdLength, out envelopeId))
                : reader.Is("REQUIRETLS"u8) ? Once(!requiresTls, requiresTls = !reader.HasValue)
                : SmtpReplies.UnknownParameter;
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return reader.IsWellFormed
            ? new MailCommand(path, Parameters(text), HasParameters: true, hasAuth)
            : SmtpReplies.InvalidParameter;

        MailParameters Parameters(ReadOnlySpan<byte> given) => new(size, body ?? BodyType.SevenBit, isInternationalized)
        {
            Return = returned,
            EnvelopeId = envelopeId,
            RequiresTls = requiresTls,
            Text = ParameterReader.TextOf(given),
        };
    }

    private static bool TryReadReturn(ReadOnlySpan<byte> value, out DsnReturn? returned)
    {
        returned = System.Text.Ascii.EqualsIgnoreCase(value, "FULL"u8) ? DsnReturn.Full
            : System.Text.Ascii.EqualsIgnoreCase(value, "HDRS"u8) ? DsnReturn.Headers
            : null;
        return returned is not null;
    }

    private static SmtpReply? Once(bool isFirst, bool isValid) => isFirst && isValid ? null : SmtpReplies.InvalidParameter;

    // size-value = 1*20DIGIT; what no long can hold is too large for any limit.
    private static bool TryReadSize(ReadOnlySpan<byte> value, out long? size)
    {
        size = null;
        if (value.IsEmpty || value.Length > 20 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        size = Utf8Parser.TryParse(value, out long number, out _) ? number : long.MaxValue;
        return true;
    }

    private static SmtpReply? ReadBody(ReadOnlySpan<byte> value, ref BodyType? body)
    {
        BodyType? read =
            System.Text.Ascii.EqualsIgnoreCase(value, "7BIT"u8) ? BodyType.SevenBit
            : System.Text.Ascii.EqualsIgnoreCase(value, "8BITMIME"u8) ? BodyType.EightBitMime
            : null;
        if (read is null)
        {
            return value.IsEmpty ? SmtpReplies.InvalidParameter : SmtpReplies.UnknownParameter;
        }

        SmtpReply? refusal = Once(body is null, isValid: true);
        body = read;
        return refusal;
    }
}

/// <summary>Handles MAIL.</summary>
internal static class MailHandler
{
    public static async ValueTask<Outcome> HandleAsync(MailCommand command, SessionContext session, CancellationToken cancellationToken)
    {
        if (Refusal(command, session) is { } refusal)
        {
            return refusal;
        }

        EmailAddress? sender = command.ReversePath.Address;
        if (await session.Mail.SenderAsync(sender, command.Parameters, cancellationToken) is { } policy)
        {
            return new Outcome.Answer(policy, sender?.ToString() ?? "<>");
        }

        session.BeginTransaction(command.Parameters.IsInternationalized);
        return SmtpReplies.SenderOk;
    }

    private static SmtpReply? Refusal(MailCommand command, SessionContext session)
    {
        if (session.Options.RequiresAuth && !session.IsSignedIn)
        {
            return session.Mechanisms.Count == 0 && session.Connection.CanStartTls ? SmtpReplies.TlsRequired : SmtpReplies.AuthenticationRequired;
        }

        if ((command.HasParameters && !session.IsExtended) || (command.HasAuth && !session.Options.OffersAuth))
        {
            return SmtpReplies.UnknownParameter;
        }

        if (command.Parameters.RequiresTls && !session.Connection.IsEncrypted)
        {
            return SmtpReplies.UnknownParameter; // RFC 8689 section 2: offered under TLS alone
        }

        if (!command.ReversePath.IsAscii && !command.Parameters.IsInternationalized)
        {
            return SmtpReplies.NotInternationalized;
        }

        return command.Parameters.DeclaredSize > session.Options.MaximumMessageSize ? SmtpReplies.MessageTooLarge : null;
    }
}
