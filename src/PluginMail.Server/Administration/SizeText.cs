using System.Globalization;

namespace PluginMail.Server;

/// <summary>Sizes as people write them: 1000, 500K, 25M, 2G.</summary>
internal static class SizeText
{
    private const string Units = "KMG";

    /// <summary>Reads a size.</summary>
    /// <returns>Octets.</returns>
    /// <exception cref="AdminArgumentException">It is none.</exception>
    public static long Read(string text)
    {
        int unit = Units.IndexOf(char.ToUpperInvariant(text.Length == 0 ? ' ' : text[^1]), StringComparison.Ordinal);
        string digits = unit < 0 ? text : text[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue >> 30
            ? number << (10 * (unit + 1))
            : throw new AdminArgumentException($"'{text}' is not a size, as 500M or 2G (0: no limit)");
    }

    /// <summary>Writes a size in its largest whole unit.</summary>
    public static string Write(long octets)
    {
        int unit = 0;
        while (unit < Units.Length && octets > 0 && octets % 1024 == 0)
        {
            octets /= 1024;
            unit++;
        }

        return unit == 0 ? $"{octets}" : $"{octets}{Units[unit - 1]}";
    }
}
