using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>A mailbox that a message is for.</summary>
/// <param name="account">Whose.</param>
/// <param name="recipient">The envelope's recipient that led to it.</param>
public sealed class PlannedMailbox(Account account, EmailAddress recipient)
{
    /// <summary>Whose.</summary>
    public Account Account { get; } = account;

    /// <summary>The envelope's recipient that led to it, before aliases.</summary>
    public EmailAddress Recipient { get; } = recipient;

    /// <summary>The mailboxes that its filter passed the message on to, instead of keeping it.</summary>
    public List<PlannedMailbox> PassedTo { get; } = [];

    /// <summary>Whether a copy for it is planned.</summary>
    public bool HasCopy { get; set; }

    /// <summary>Whether a copy was stored, or none is wanted.</summary>
    public bool IsServed { get; set; }

    /// <summary>Why no copy could be stored.</summary>
    public SmtpReply? Failure { get; set; }
}
