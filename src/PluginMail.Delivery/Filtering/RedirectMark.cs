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

    /// <summary>The change that marks a message.</summary>
    public static MessageChange For(EmailAddress mailbox) => new MessageChange.Header(new MimeHeaderEdit.Prepend(Field, mailbox.ToString()));

    /// <summary>Whether a message has been sent on by a mailbox before.</summary>
    public static bool IsOn(MailMessage message, EmailAddress mailbox)
    {
        string address = mailbox.ToString();
        foreach (HeaderField field in new HeaderBlock(message.Header.Span))
        {
            if (field.Is("Delivered-To"u8) && Encoding.UTF8.GetString(field.RawValue).Trim().Equals(address, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
