using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>Addresses with a detail behind the user: <c>user+detail@domain</c> (RFC 5233).</summary>
internal static class Subaddress
{
    /// <summary>The address without its detail.</summary>
    /// <param name="address">The address.</param>
    /// <param name="separator">What begins the detail; empty: nothing does.</param>
    /// <returns>The user's address; null where there is no detail.</returns>
    public static EmailAddress? TryStrip(EmailAddress address, string separator)
    {
        int end = separator.Length == 0 ? -1 : address.LocalPart.IndexOf(separator, StringComparison.Ordinal);
        return end > 0 ? new EmailAddress(address.LocalPart[..end], address.Domain) : null;
    }
}
