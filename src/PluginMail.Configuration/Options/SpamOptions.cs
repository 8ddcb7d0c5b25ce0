using System.Globalization;

namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[spam]</c>: what a message's score, the sum of all plugins' points, leads to. A threshold of 0 is off.</summary>
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
            Tag = table.GetNumber("tag", defaults.Tag, 0, Highest),
            Junk = table.GetNumber("junk", defaults.Junk, 0, Highest),
            Refuse = table.GetNumber("refuse", defaults.Refuse, 0, Highest),
        };
        (string Key, double Value)[] used = [.. new[] { ("tag", options.Tag), ("junk", options.Junk), ("refuse", options.Refuse) }.Where(static t => t.Item2 > 0)];
        for (int i = 1; i < used.Length; i++)
        {
            if (used[i].Value < used[i - 1].Value)
            {
                string key = table.Contains(used[i].Key) ? used[i].Key : used[i - 1].Key;
                table.Reject(key, string.Create(CultureInfo.InvariantCulture, $"{used[i - 1].Key} ({used[i - 1].Value}) at most {used[i].Key} ({used[i].Value})"));
            }
        }

        return options;
    }
}
