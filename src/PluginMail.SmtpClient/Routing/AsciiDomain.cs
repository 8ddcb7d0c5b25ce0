using System.Globalization;
using System.Text;

namespace PluginMail.SmtpClient;

/// <summary>Domains as the DNS and hosts without SMTPUTF8 know them.</summary>
internal static class AsciiDomain
{
    private static readonly IdnMapping Idn = new();

    /// <summary>A domain as A-labels (RFC 5890 section 2.3.2.1); one that has none stays as it is, and whoever is asked for it refuses it.</summary>
    public static string Of(string domain)
    {
        if (Ascii.IsValid(domain))
        {
            return domain;
        }

        try
        {
            return Idn.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }
}
