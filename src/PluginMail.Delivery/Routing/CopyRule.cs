using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>Has a copy of each message of some domain or address delivered elsewhere too, as archives need it.</summary>
/// <param name="Of">A domain, or an address; in any case.</param>
/// <param name="IsIncoming">Whether what is for it counts.</param>
/// <param name="IsOutgoing">Whether what it sends counts.</param>
/// <param name="To">Who gets the copy.</param>
public sealed record CopyRule(string Of, bool IsIncoming, bool IsOutgoing, EmailAddress To)
{
    /// <summary>Whether an envelope is meant.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="login">Who logged in; null where nobody did.</param>
    /// <param name="direction">Which way the message goes.</param>
    /// <returns>True where a copy is due.</returns>
    public bool IsMeant(Envelope envelope, EmailAddress? login, Direction direction) =>
        (IsIncoming && envelope.Recipients.Any(Names))
        || (IsOutgoing && direction == Direction.Outgoing && ((envelope.Sender is { } sender && Names(sender)) || (login is not null && Names(login))));

    private bool Names(EmailAddress address) =>
        Of.Equals(address.Domain, StringComparison.OrdinalIgnoreCase) || Of.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase);
}
