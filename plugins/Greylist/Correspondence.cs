using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>A sender that writes to a recipient: what it is remembered under.</summary>
/// <param name="Network">The client's network.</param>
/// <param name="NetworkKey">The key with the network.</param>
/// <param name="DomainKey">The key with the sender's domain; null where it does not vouch for the client.</param>
internal sealed record Correspondence(string Network, string NetworkKey, string? DomainKey)
{
    public static Correspondence Of(Origin origin, EmailAddress? sender, EmailAddress recipient)
    {
        string from = SenderKey.Of(sender);
        string to = recipient.ToString().ToLowerInvariant();
        return new Correspondence(
            origin.Network,
            Remembered.CorrespondenceKey(origin.Network, from, to),
            origin.Domain is { } domain ? Remembered.CorrespondenceKey(domain, from, to) : null);
    }
}
