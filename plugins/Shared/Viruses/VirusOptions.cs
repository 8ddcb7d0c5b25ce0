using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.Viruses;

/// <summary>What the settings of every virus scanner say.</summary>
/// <param name="WhenUnavailable">What becomes of a message that no daemon scans.</param>
/// <param name="WhenTooLarge">What becomes of one that is too large.</param>
/// <param name="MaximumSize">Octets of the largest that is scanned.</param>
/// <param name="Header">Whether the field X-Virus-Scanned is added.</param>
/// <param name="ReportFrom">The report's sender; empty: postmaster of the first recipient's domain.</param>
internal sealed record VirusOptions(WhenUnavailable WhenUnavailable, WhenTooLarge WhenTooLarge, long MaximumSize, bool Header, string ReportFrom)
{
    /// <summary>Reads them from a plugin's table; what is wrong in it is gathered there.</summary>
    public static VirusOptions Read(ISettings settings) => new(
        settings.GetEnum("when_unavailable", WhenUnavailable.Defer),
        settings.GetEnum("when_too_large", WhenTooLarge.Pass),
        settings.GetSize("maximum_size", 25 * 1024 * 1024),
        settings.GetBoolean("header", defaultValue: false),
        ReadReportFrom(settings));

    private static string ReadReportFrom(ISettings settings)
    {
        string text = settings.GetString("report_from", "");
        if (text.Length > 0 && !EmailAddress.TryParse(text, out _))
        {
            settings.Reject("report_from", "an address like \"postmaster@example.org\"");
        }

        return text;
    }
}
