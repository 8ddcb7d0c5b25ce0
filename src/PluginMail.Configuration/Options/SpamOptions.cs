using System.Globalization;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>
/// Table <c>[spam]</c>: what a message's score, the sum of all plugins' points, leads to. In the file 0 switches a threshold off; here that is
/// <see cref="double.PositiveInfinity"/>, which no score reaches.
/// </summary>
public sealed record SpamOptions
{
    private const double Highest = 1000;

    /// <summary><c>tag</c>: from this score on the message gets a header field that says so. Default 5.</summary>
    public double Tag { get; init; } = 5;

    /// <summary><c>junk</c>: from this score on it goes to the folder with the use Junk. Default 6.</summary>
    public double Junk { get; init; } = 6;

    /// <summary><c>refuse</c>: from this score on it is refused (550 5.7.1). Default 15.</summary>
    public double Refuse { get; init; } = 15;

    internal static SpamOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("spam");
        var defaults = new SpamOptions();
        var options = new SpamOptions
        {
            Tag = Threshold(table, "tag", defaults.Tag),
            Junk = Threshold(table, "junk", defaults.Junk),
            Refuse = Threshold(table, "refuse", defaults.Refuse),
        };
        (string Key, double Value)[] used = [("tag", options.Tag), ("junk", options.Junk), ("refuse", options.Refuse)];
        used = Array.FindAll(used, static t => double.IsFinite(t.Value));
        for (int i = 1; i < used.Length; i++)
        {
            var (lower, higher) = (used[i - 1], used[i]);
            if (higher.Value < lower.Value)
            {
                string expected = string.Create(CultureInfo.InvariantCulture, $"{lower.Key} ({lower.Value}) at most {higher.Key} ({higher.Value})");
                table.Reject(table.Contains(higher.Key) ? higher.Key : lower.Key, expected);
            }
        }

        return options;
    }

    private static double Threshold(TomlSettings table, string key, double defaultValue) =>
        table.GetNumber(key, defaultValue, 0, Highest) is > 0 and var threshold ? threshold : double.PositiveInfinity;
}
