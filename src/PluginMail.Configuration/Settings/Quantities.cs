using System.Globalization;

namespace PluginMail.Configuration.Settings;

/// <summary>Durations and sizes as mail.toml writes them.</summary>
internal static class Quantities
{
    internal const string DurationForm = "a duration like \"30s\", \"5m\", \"1h30m\" or \"2d\", or a whole number of seconds";

    internal const string SizeForm = "a size like 1000, \"10K\", \"25M\" or \"2G\" (powers of 1024)";

    /// <summary>A century: longer is a mistake.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>Reads <c>1h30m</c>: numbers with the units d, h, m, s, ms, from the largest to the smallest.</summary>
    internal static bool TryDuration(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        double smallest = double.MaxValue;
        double seconds = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 12)
            {
                return false;
            }

            int letters = text[digits..].IndexOfAnyInRange('0', '9');
            var unit = letters < 0 ? text[digits..] : text.Slice(digits, letters);
            double factor = unit switch { "d" => 86_400, "h" => 3_600, "m" => 60, "s" => 1, "ms" => 0.001, _ => 0 };
            if (factor <= 0 || factor >= smallest)
            {
                return false;
            }

            smallest = factor;
            seconds += long.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture) * factor;
            text = text[(digits + unit.Length)..];
        }

        return smallest < double.MaxValue && TrySeconds(seconds, out duration);
    }

    /// <summary>Seconds to a duration; false for a negative one or one of over a century.</summary>
    internal static bool TrySeconds(double seconds, out TimeSpan duration)
    {
        bool possible = seconds >= 0 && seconds <= Longest.TotalSeconds;
        duration = possible ? TimeSpan.FromSeconds(seconds) : default;
        return possible;
    }

    /// <summary>Reads <c>25M</c>: a whole number with an optional K, M, G or T.</summary>
    internal static bool TrySize(ReadOnlySpan<char> text, out long octets)
    {
        octets = 0;
        int shift = text.IsEmpty ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        var number = shift == 0 ? text : text[..^1];
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue >> shift)
        {
            return false;
        }

        octets = count << shift;
        return true;
    }
}
