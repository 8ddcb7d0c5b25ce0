using System.Collections.Immutable;
using PluginMail.Abstractions;

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
    ImmutableArray<ClamdAddress> Addresses,
    TimeSpan ConnectTimeout,
    TimeSpan ScanTimeout,
    WhenUnavailable WhenUnavailable,
    long MaximumSize,
    bool Header,
    string ReportFrom)
{
    private static readonly string[] DefaultAddresses = ["127.0.0.1:3310"];

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static ClamAvOptions Read(ISettings settings) => new(
        ReadAddresses(settings),
        ReadTimeout(settings, "connect_timeout", TimeSpan.FromSeconds(3)),
        ReadTimeout(settings, "scan_timeout", TimeSpan.FromSeconds(25)),
        settings.GetEnum("when_unavailable", WhenUnavailable.Defer),
        settings.GetSize("maximum_size", 25 * 1024 * 1024),
        settings.GetBoolean("header", defaultValue: false),
        ReadReportFrom(settings));

    private static ImmutableArray<ClamdAddress> ReadAddresses(ISettings settings)
    {
        var texts = settings.GetStrings("address", DefaultAddresses);
        List<ClamdAddress> addresses = [];
        foreach (string text in texts)
        {
            if (ClamdAddress.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
        }

        if (addresses.Count != texts.Count || addresses.Count == 0)
        {
            settings.Reject("address", "a list of addresses like \"127.0.0.1:3310\" or \"unix:/run/clamav/clamd.ctl\"");
        }

        return [.. addresses];
    }

    private static TimeSpan ReadTimeout(ISettings settings, string key, TimeSpan defaultValue)
    {
        var value = settings.GetDuration(key, defaultValue);
        if (value < TimeSpan.FromMilliseconds(100) || value > TimeSpan.FromMinutes(10))
        {
            settings.Reject(key, "a duration from 100ms to 10m");
        }

        return value;
    }

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
