using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Viruses;

namespace PluginMail.ClamAv;

/// <summary>What becomes of a message while no clamd answers.</summary>
internal enum WhenUnavailable
{
    /// <summary>The client is asked to come again.</summary>
    Defer,

    /// <summary>It passes unscanned, with a tag.</summary>
    Pass,
}

/// <summary>The plugin's table.</summary>
internal sealed record ClamAvOptions(
    DaemonOptions Daemons,
    WhenUnavailable WhenUnavailable,
    WhenTooLarge WhenTooLarge,
    long MaximumSize,
    bool Header,
    string ReportFrom)
{
    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static ClamAvOptions Read(ISettings settings) => new(
        DaemonOptions.Read(settings, "127.0.0.1:3310", "scan_timeout", TimeSpan.FromSeconds(25), defaultConnections: 10),
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
