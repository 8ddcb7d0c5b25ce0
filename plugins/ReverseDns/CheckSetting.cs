using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.ReverseDns;

/// <summary>What a check does with what it finds.</summary>
internal enum Outcome
{
    /// <summary>The check is not made.</summary>
    Off,

    /// <summary>Its points count.</summary>
    Score,

    /// <summary>The client is asked to come again.</summary>
    Defer,

    /// <summary>The client is refused.</summary>
    Refuse,
}

/// <summary>How one check is set: <c>"off"</c>, <c>"score 1.5"</c>, <c>"refuse"</c>, <c>"defer"</c>.</summary>
/// <param name="Outcome">What is done.</param>
/// <param name="Points">What a score counts.</param>
internal readonly record struct CheckSetting(Outcome Outcome, double Points)
{
    private const string ScoreWord = "score ";
    private const double MostPoints = 1000;

    /// <summary>Whether the check is made.</summary>
    public bool IsOn => Outcome != Outcome.Off;

    /// <summary>Reads a check's key.</summary>
    public static CheckSetting Read(ISettings settings, string key, string defaultValue)
    {
        string text = settings.GetString(key, defaultValue);
        if (!TryParse(text, out var setting))
        {
            settings.Reject(key, "\"off\", \"score 1.5\" with points from -1000 to 1000, \"defer\" or \"refuse\"");
        }

        return setting;
    }

    private static bool TryParse(string text, out CheckSetting setting)
    {
        bool isScore = text.StartsWith(ScoreWord, StringComparison.Ordinal);
        double points = 0;
        setting = text switch
        {
            "refuse" => new CheckSetting(Outcome.Refuse, 0),
            "defer" => new CheckSetting(Outcome.Defer, 0),
            _ when isScore && double.TryParse(text.AsSpan(ScoreWord.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out points)
                && Math.Abs(points) <= MostPoints => new CheckSetting(Outcome.Score, points),
            _ => default,
        };
        return setting.IsOn || text == "off";
    }
}
