using System.Globalization;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>A recipient's domain as the queue groups by.</summary>
public static class QueueDomain
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false };

    /// <summary>The domain of an address, in lower case and as A-labels (RFC 5890 section 2.3.2.1), or its address literal.</summary>
    /// <param name="address">The address.</param>
    /// <returns>Where the domain cannot be written as A-labels, the domain in lower case.</returns>
    public static string Of(EmailAddress address)
    {
        if (Ascii.IsValid(address.Domain))
        {
            return address.Domain.ToLowerInvariant();
        }

        try
        {
            return Idn.GetAscii(address.Domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return address.Domain.ToLowerInvariant(); // no host has such a name; the lookup will say so
        }
    }
}
