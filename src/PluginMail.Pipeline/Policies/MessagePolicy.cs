using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>The built-in policy on whole messages: no loops, no header that nobody could hold in memory.</summary>
internal static class MessagePolicy
{
    /// <summary>Octets of the longest header that is taken.</summary>
    public const int MaximumHeader = 1 << 20;

    /// <summary>Received fields from which on a message is taken for one that goes round (RFC 5321 section 6.3: at least 100).</summary>
    public const int MaximumHops = 100;

    /// <summary>Says what speaks against a message.</summary>
    /// <param name="message">The message, this server's Received field included.</param>
    /// <returns>A refusal, or null.</returns>
    public static SmtpReply? Check(MailMessage message)
    {
        if (message.Structure.Root.HeaderEnd > MaximumHeader)
        {
            return new SmtpReply(552, new EnhancedStatusCode(5, 3, 4), $"The header is longer than {MaximumHeader} octets");
        }

        int hops = -1; // this server's own does not count
        foreach (HeaderField field in new HeaderBlock(message.Header.Span))
        {
            hops += field.Is("Received"u8) ? 1 : 0;
        }

        return hops > MaximumHops
            ? new SmtpReply(554, new EnhancedStatusCode(5, 4, 6), $"Routing loop: the message has passed {hops} servers")
            : null;
    }
}
