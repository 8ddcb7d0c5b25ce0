using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Learning;

namespace PluginMail.SpamAssassin;

/// <summary>Header fields that a message may get.</summary>
[Flags]
internal enum ReportFields
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Yes or No, the score, the threshold and the rules.</summary>
    Status = 1,

    /// <summary>A star a point.</summary>
    Level = 2,

    /// <summary>The names of the rules.</summary>
    Symbols = 4,

    /// <summary>SpamAssassin's own report.</summary>
    Report = 8,
}

/// <summary>The plugin's table.</summary>
internal sealed record SpamAssassinOptions(
    DaemonOptions Daemons,
    WhenUnavailable WhenUnavailable,
    long MaximumSize,
    bool Outgoing,
    bool ReverseName,
    bool PerUser,
    string User,
    double Scale,
    string Tag,
    ReportFields Fields,
    string FieldPrefix,
    LearningOptions Learning)
{
    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static SpamAssassinOptions Read(ISettings settings)
    {
        long maximumSize = settings.GetSize("maximum_size", 500 << 10, minimum: 1, maximum: 256 << 20);
        return new(
            DaemonOptions.Read(settings, "127.0.0.1:783", "timeout", TimeSpan.FromSeconds(20), defaultConnections: 5),
            settings.GetEnum("when_unavailable", WhenUnavailable.Pass),
            maximumSize,
            settings.GetBoolean("outgoing", defaultValue: false),
            settings.GetBoolean("reverse_name", defaultValue: true),
            settings.GetBoolean("per_user", defaultValue: true),
            ReadUser(settings),
            settings.GetNumber("scale", defaultValue: 1, minimum: 0.01, maximum: 100),
            settings.GetString("tag", "spam"),
            ReadFields(settings),
            ReadPrefix(settings),
            LearningOptions.Read(settings, maximumSize));
    }

    private static string ReadUser(ISettings settings)
    {
        string user = settings.GetString("user", "");
        if (user.Length > 256 || user.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            settings.Reject("user", "a user's name without blanks");
        }

        return user;
    }

    private static ReportFields ReadFields(ISettings settings)
    {
        var fields = ReportFields.None;
        foreach (string name in settings.GetStrings("headers", []))
        {
            ReportFields field = name switch
            {
                "status" => ReportFields.Status,
                "level" => ReportFields.Level,
                "symbols" => ReportFields.Symbols,
                "report" => ReportFields.Report,
                _ => ReportFields.None,
            };
            if (field == ReportFields.None)
            {
                settings.Reject("headers", "a list of \"status\", \"level\", \"symbols\" and \"report\"");
            }

            fields |= field;
        }

        return fields;
    }

    private static string ReadPrefix(ISettings settings)
    {
        string prefix = settings.GetString("header_prefix", "X-Spam-");
        if (prefix.Length > 40 || !HeaderEdit.IsFieldName(prefix))
        {
            settings.Reject("header_prefix", "the beginning of a header field's name, as \"X-Spam-\"");
            return "X-Spam-";
        }

        return prefix;
    }
}
