using System.Globalization;

namespace PluginMail.Abstractions;

/// <summary>How the bounds of a value are said and written: in the same words for a plugin's table and for the server's own.</summary>
internal static class SettingBounds
{
    private const string SizeUnits = "KMGT";

    /// <summary>What was expected of a duration; <see cref="TimeSpan.MaxValue"/> is no upper bound.</summary>
    internal static string OfDuration(TimeSpan minimum, TimeSpan maximum) =>
        "a duration" + Range(Write(minimum), maximum == TimeSpan.MaxValue ? null : Write(maximum));

    /// <summary>What was expected of a number of octets; <see cref="long.MaxValue"/> is no upper bound.</summary>
    internal static string OfSize(long minimum, long maximum) =>
        "a size" + Range(WriteSize(minimum), maximum == long.MaxValue ? null : WriteSize(maximum));

    /// <summary>What follows the name of a value; null is no bound.</summary>
    internal static string Range(string? minimum, string? maximum) => (minimum, maximum) switch
    {
        (null, null) => "",
        (_, null) => $" of at least {minimum}",
        (null, _) => $" of at most {maximum}",
        _ => $" from {minimum} to {maximum}",
    };

    /// <summary>A duration as mail.toml writes it.</summary>
    private static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        string text = "";
        text += duration.Days > 0 ? $"{duration.Days}d" : "";
        text += duration.Hours > 0 ? $"{duration.Hours}h" : "";
        text += duration.Minutes > 0 ? $"{duration.Minutes}m" : "";
        text += duration.Seconds > 0 ? $"{duration.Seconds}s" : "";
        return text + (duration.Milliseconds > 0 ? $"{duration.Milliseconds}ms" : "");
    }

    /// <summary>A size as mail.toml writes it, with the largest unit that leaves a whole number.</summary>
    private static string WriteSize(long octets)
    {
        int unit = -1;
        while (octets != 0 && octets % 1024 == 0 && unit < SizeUnits.Length - 1)
        {
            octets /= 1024;
            unit++;
        }

        return unit < 0 ? octets.ToString(CultureInfo.InvariantCulture) : $"{octets}{SizeUnits[unit]}";
    }
}
