using System.Text;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>
/// What a message that a filter sends elsewhere is known by when it comes back: a Delivered-To field with the mailbox that sent it on. It is not
/// sent on again then, but kept.
/// </summary>
internal static class RedirectMark
{
    private const string Field = "Delivered-To";

    /// <summary>Received fields from which on nothing is sent on: far fewer than a message may have that comes in (RFC 5321 section 6.3).</summary>
    private const int MaximumHops = 50;

    /// <summary>The change that marks a message.</summary>
    public static MessageChange For(EmailAddress mailbox) => new MessageChange.Header(new MimeHeaderEdit.Prepend(Field, mailbox.ToString()));

    /// <summary>Whether a message has been sent on by a mailbox before, or has passed so many servers that it goes round in a circle.</summary>
    public static bool IsOn(MailMessage message, EmailAddress mailbox)
    {
        string address = mailbox.ToString();
        int hops = 0;
        foreach (HeaderField field in new HeaderBlock(message.Header.Span))
        {
            hops += field.Is("Received"u8) ? 1 : 0;
            if (field.Is("Delivered-To"u8) && Encoding.UTF8.GetString(field.RawValue).Trim().Equals(address, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return hops > MaximumHops;
    }
}
