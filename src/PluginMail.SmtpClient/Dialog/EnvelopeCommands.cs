using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient;

/// <summary>The MAIL and RCPT commands of one transaction with the parameters that the host knows.</summary>
/// <param name="message">The message.</param>
/// <param name="content">Its octets as this host gets them.</param>
/// <param name="connection">The host.</param>
internal sealed class EnvelopeCommands(OutboundMessage message, SendableContent content, SmtpConnection connection)
{
    /// <summary>Octets of the longest command that is made here.</summary>
    public const int MaximumCommand = 4 * 1024;

    private const int MaximumParameter = 500; // RFC 3461 section 4.2
    private readonly PeerCapabilities _peer = connection.Capabilities;

    /// <summary>Whether an address needs SMTPUTF8 (RFC 6531): its local part does; a domain can be written in A-labels.</summary>
    public static bool NeedsUtf8(EmailAddress? address) => address is not null && !Ascii.IsValid(address.LocalPart);

    /// <summary>Whether an address can stand in a command.</summary>
    public static bool IsSendable(EmailAddress? address) =>
        address is null || (address.LocalPart.Length is > 0 and <= 256 && !address.LocalPart.Any(char.IsControl) && EmailAddress.IsDomain(address.Domain));

    /// <summary>The MAIL command (RFC 5321 section 4.1.1.2).</summary>
    /// <param name="usesUtf8">Whether the transaction needs SMTPUTF8.</param>
    public string Mail(bool usesUtf8)
    {
        var command = new StringBuilder("MAIL FROM:<").Append(message.Sender is { } sender ? Path(sender, AsciiDomain.Of(sender.Domain)) : "").Append('>');
        if (_peer.Size)
        {
            command.Append(CultureInfo.InvariantCulture, $" SIZE={content.Survey.Length}");
        }

        if (_peer.EightBitMime && (content.Survey.HasEightBit || usesUtf8))
        {
            command.Append(" BODY=8BITMIME");
        }

        if (usesUtf8)
        {
            command.Append(" SMTPUTF8");
        }

        if (message.RequiresTls && _peer.RequireTls)
        {
            command.Append(" REQUIRETLS");
        }

        if (_peer.Dsn)
        {
            command.Append(message.Return switch { DsnReturn.Full => " RET=FULL", DsnReturn.Headers => " RET=HDRS", _ => "" });
            Append(command, " ENVID=", message.EnvelopeId);
        }

        return command.Append("\r\n").ToString();
    }

    /// <summary>The RCPT command (RFC 5321 section 4.1.1.3).</summary>
    /// <param name="recipient">The recipient.</param>
    public string Recipient(OutboundRecipient recipient)
    {
        var command = new StringBuilder("RCPT TO:<").Append(Path(recipient.Address, AsciiDomain.Of(recipient.Address.Domain))).Append('>');
        if (_peer.Dsn)
        {
            if (recipient.Notify is { } notify)
            {
                command.Append(" NOTIFY=").Append(NotifyWords(notify));
            }

            Append(command, " ORCPT=", recipient.OriginalRecipient);
        }

        return command.Append("\r\n").ToString();
    }

    private static string Path(EmailAddress address, string domain) => new EmailAddress(address.LocalPart, domain).ToString();

    // What does not look like xtext was not checked by anybody: it stays here.
    private static void Append(StringBuilder command, string keyword, string? value)
    {
        if (value is { Length: > 0 and <= MaximumParameter } && value.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0)
        {
            command.Append(keyword).Append(value);
        }
    }

    private static string NotifyWords(DsnNotify notify)
    {
        var words = new List<string>(3);
        foreach ((DsnNotify flag, string word) in new[] { (DsnNotify.Success, "SUCCESS"), (DsnNotify.Failure, "FAILURE"), (DsnNotify.Delay, "DELAY") })
        {
            if (notify.HasFlag(flag))
            {
                words.Add(word);
            }
        }

        return words.Count == 0 ? "NEVER" : string.Join(',', words);
    }
}
