using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>An address that a policy wants reports at (RFC 7489 section 6.2, dmarc-uri).</summary>
/// <param name="Address">The address.</param>
/// <param name="MaximumOctets">How large a mail it takes; null where it does not say.</param>
public sealed record DmarcReportDestination(EmailAddress Address, long? MaximumOctets)
{
    /// <summary>Reads a URI of rua=: <c>mailto:</c>, an address, and perhaps <c>!</c> and a size with k, m, g or t.</summary>
    /// <param name="text">The URI as published.</param>
    /// <param name="destination">The address.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out DmarcReportDestination? destination)
    {
        const string Scheme = "mailto:";
        destination = null;
        if (text.Length > 512 || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        string address = text[Scheme.Length..];
        int mark = address.LastIndexOf('!');
        long? limit = null;
        if (mark >= 0)
        {
            if (ParseSize(address[(mark + 1)..]) is not { } size)
            {
                return false;
            }

            (limit, address) = (size, address[..mark]);
        }

        int query = address.IndexOf('?', StringComparison.Ordinal);
        address = Uri.UnescapeDataString(query < 0 ? address : address[..query]);
        if (!EmailAddress.TryParse(address, out EmailAddress? parsed) || parsed.Domain.StartsWith('['))
        {
            return false;
        }

        destination = new DmarcReportDestination(parsed, limit);
        return true;
    }

    private static long? ParseSize(string text)
    {
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        return digits.Length is > 0 and <= 6 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number << shift : null;
    }
}
