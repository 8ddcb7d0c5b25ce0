using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>Marks what a mailbox passes on to another server, and knows it again when it comes back.</summary>
internal static class PassingOn
{
    /// <summary>Received fields from which on nothing is passed on: far fewer than a message may have that comes in (RFC 5321 section 6.3).</summary>
    private const int MaximumHops = 50;

    private static ReadOnlySpan<byte> Mark => "X-PluginMail-Passed-On-By"u8;

    /// <summary>Says whether a message goes round in a circle.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mailbox">The mailbox that wants to pass it on.</param>
    /// <returns>554 5.4.6 (RFC 3463) where it does, or null.</returns>
    public static SmtpReply? FindLoop(MailMessage message, EmailAddress mailbox)
    {
        int hops = 0;
        foreach (HeaderField field in new HeaderBlock(message.Header.Span))
        {
            hops += field.Is("Received"u8) ? 1 : 0;
            if (field.Is(Mark) && Encoding.UTF8.GetString(field.RawValue).Trim().Equals(mailbox.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return new SmtpReply(554, new EnhancedStatusCode(5, 4, 6), $"<{mailbox}>: mail forwarding loop, this mailbox has passed the message on before");
            }
        }

        return hops > MaximumHops
            ? new SmtpReply(554, new EnhancedStatusCode(5, 4, 6), $"<{mailbox}>: not passed on, the message has passed {hops} servers")
            : null;
    }

    /// <summary>The message with this mailbox's mark.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mailbox">The mailbox that passes it on.</param>
    /// <returns>Another message; its octets are read from the first one.</returns>
    public static MailMessage By(MailMessage message, EmailAddress mailbox) =>
        MailMessage.Scan(new PrefixedContent(Encoding.UTF8.GetBytes($"{Encoding.ASCII.GetString(Mark)}: {mailbox}\r\n"), message.Content));
}
