using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>An address elsewhere that a message is for.</summary>
/// <param name="Address">The address.</param>
/// <param name="Recipient">The envelope's recipient that led to it: itself, an alias, or a mailbox that passes the message on.</param>
/// <param name="IsOneOfSeveral">Whether that recipient stands for others too.</param>
/// <param name="IsPassedOn">Whether a mailbox's filter passes the message on.</param>
public sealed record PlannedRemote(EmailAddress Address, EmailAddress Recipient, bool IsOneOfSeveral, bool IsPassedOn = false)
{
    /// <summary>The reverse path that it is sent to with; null is the null sender.</summary>
    public required EmailAddress? Sender { get; init; }
}
