using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>The addresses beside a list's own: <c>list-bounces@</c>, where reports go, and <c>list-owner@</c>. Both lead to its owner.</summary>
internal static class ListAddresses
{
    private const string Bounces = "-bounces";
    private const string Owner = "-owner";

    /// <summary>The reverse path of a list's mail.</summary>
    /// <param name="list">The list's address.</param>
    /// <returns><c>list-bounces@domain</c>.</returns>
    public static EmailAddress BouncesOf(EmailAddress list) => new(list.LocalPart + Bounces, list.Domain);

    /// <summary>The list that an address stands beside, if there is such a list.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The list's address; null where the address has neither form.</returns>
    public static EmailAddress? TryListOf(EmailAddress address)
    {
        string localPart = address.LocalPart;
        int end = localPart.EndsWith(Bounces, StringComparison.OrdinalIgnoreCase) ? localPart.Length - Bounces.Length
            : localPart.EndsWith(Owner, StringComparison.OrdinalIgnoreCase) ? localPart.Length - Owner.Length
            : 0;
        return end > 0 ? new EmailAddress(localPart[..end], address.Domain) : null;
    }
}
