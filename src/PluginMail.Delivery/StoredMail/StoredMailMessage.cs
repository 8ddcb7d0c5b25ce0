using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>A message that is there, as it is when it is delivered: without what its copy got there (Return-Path, Delivered-To).</summary>
internal static class StoredMailMessage
{
    /// <summary>Opens its octets.</summary>
    /// <param name="bodies">Where they are.</param>
    /// <param name="message">The message.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="StoreUnavailableException">They cannot be read.</exception>
    public static MessageContent Open(IBodyStore bodies, StoredMessage message) => bodies.Open(message with { Prefix = default });

    /// <summary>The message with the structure that is stored with it.</summary>
    /// <param name="content">Its octets.</param>
    /// <param name="message">Its row.</param>
    /// <returns>The message.</returns>
    public static MailMessage Of(MessageContent content, StoredMessage message) =>
        MimeStructure.TryDecode(message.Structure.Span, out MimeStructure? stored) ? new MailMessage(content, stored!) : MailMessage.Scan(content);
}
