using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Milter.Messages;

/// <summary>
/// The parameters that a milter gives to an address it adds (SMFIR_ADDRCPT_PAR) or makes the sender (SMFIR_CHGFROM), as MAIL and RCPT have them, parted by
/// spaces; and those that an envelope has, for a milter that has not heard the client's own.
/// </summary>
/// <param name="Recipient">NOTIFY and ORCPT; null where neither is given.</param>
/// <param name="EnvelopeId">ENVID.</param>
/// <param name="Return">RET.</param>
/// <param name="NotKnown">What is none of these, or malformed; the first ten.</param>
internal sealed record EsmtpArguments(RecipientDsn? Recipient, string? EnvelopeId, DsnReturn? Return, ImmutableArray<string> NotKnown)
{
    private const int MostNotKnown = 10;
    private static readonly EsmtpArguments None = new(null, null, null, []);

    /// <summary>Reads them.</summary>
    public static EsmtpArguments Read(string text)
    {
        var arguments = None;
        foreach (var range in text.AsSpan().Split(' '))
        {
            var word = text.AsSpan()[range].Trim("\t\r\n");
            if (!word.IsEmpty)
            {
                arguments = arguments.With(word);
            }
        }

        return arguments;
    }

    /// <summary>MAIL's, as an envelope has them.</summary>
    public static ImmutableArray<EsmtpParameter> OfSender(Envelope envelope)
    {
        var parameters = ImmutableArray.CreateBuilder<EsmtpParameter>();
        if (envelope.Dsn?.Return is { } returned)
        {
            parameters.Add(new EsmtpParameter("RET", returned == DsnReturn.Full ? "FULL" : "HDRS"));
        }

        if (envelope.Dsn?.EnvelopeId is { } id)
        {
            parameters.Add(new EsmtpParameter("ENVID", id));
        }

        if (envelope.RequiresTls)
        {
            parameters.Add(new EsmtpParameter("REQUIRETLS", null));
        }

        return parameters.DrainToImmutable();
    }

    /// <summary>RCPT's, as an envelope has them.</summary>
    public static ImmutableArray<EsmtpParameter> OfRecipient(Envelope envelope, EmailAddress recipient)
    {
        var dsn = envelope.Dsn?.For(recipient) ?? RecipientDsn.None;
        var parameters = ImmutableArray.CreateBuilder<EsmtpParameter>();
        if (dsn.Notify is { } notify)
        {
            parameters.Add(new EsmtpParameter("NOTIFY", notify.ToString().Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()));
        }

        if (dsn.OriginalRecipient is { } original)
        {
            parameters.Add(new EsmtpParameter("ORCPT", original));
        }

        return parameters.DrainToImmutable();
    }

    private EsmtpArguments With(ReadOnlySpan<char> word)
    {
        int equals = word.IndexOf('=');
        var keyword = equals < 0 ? word : word[..equals];
        var value = equals < 0 ? default : word[(equals + 1)..];
        return Is(keyword, "NOTIFY") && ReadNotify(value) is { } notify ? this with { Recipient = (Recipient ?? RecipientDsn.None) with { Notify = notify } }
            : Is(keyword, "ORCPT") && RecipientDsn.IsOriginalRecipient(value) ? this with { Recipient = (Recipient ?? RecipientDsn.None) with { OriginalRecipient = value.ToString() } }
            : Is(keyword, "ENVID") && DsnParameters.IsEnvelopeId(value) ? this with { EnvelopeId = value.ToString() }
            : Is(keyword, "RET") && Is(value, "FULL") ? this with { Return = DsnReturn.Full }
            : Is(keyword, "RET") && Is(value, "HDRS") ? this with { Return = DsnReturn.Headers }
            : NotKnown.Length < MostNotKnown ? this with { NotKnown = NotKnown.Add(word.ToString()) }
            : this;
    }

    private static DsnNotify? ReadNotify(ReadOnlySpan<char> value)
    {
        if (Is(value, "NEVER"))
        {
            return DsnNotify.Never;
        }

        var read = DsnNotify.Never;
        foreach (var range in value.Split(','))
        {
            var word = value[range];
            var flag = Is(word, "SUCCESS") ? DsnNotify.Success : Is(word, "FAILURE") ? DsnNotify.Failure : Is(word, "DELAY") ? DsnNotify.Delay : DsnNotify.Never;
            if (flag == DsnNotify.Never)
            {
                return null;
            }

            read |= flag;
        }

        return read;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
