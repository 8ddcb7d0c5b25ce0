using System.Globalization;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>The one form in which the directory holds domains and addresses.</summary>
internal static class CanonicalAddress
{
    /// <summary>Lower case, internationalised labels as A-labels (RFC 5890).</summary>
    /// <param name="name">Any case, U-labels or A-labels.</param>
    /// <returns>Null where it is no domain name.</returns>
    public static string? TryDomain(string name)
    {
        if (!EmailAddress.IsDomain(name))
        {
            return null;
        }

        string lower = name.ToLowerInvariant();
        if (Ascii.IsValid(lower))
        {
            return lower;
        }

        try
        {
            string ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(lower.Normalize(NormalizationForm.FormKC));
            return ascii.Length <= EmailAddress.MaximumDomainLength ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Local part and domain in their one form.</summary>
    /// <returns>Null where the domain is none.</returns>
    public static EmailAddress? TryAddress(EmailAddress address) =>
        TryDomain(address.Domain) is { } domain ? new EmailAddress(address.LocalPart.ToLowerInvariant(), domain) : null;
}
