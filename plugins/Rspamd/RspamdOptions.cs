using System.Text;
using System.Text.Json;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Learning;

namespace PluginMail.Rspamd;

/// <summary>The plugin's table.</summary>
internal sealed record RspamdOptions(
    DaemonOptions Daemons,
    WhenUnavailable WhenUnavailable,
    long MaximumSize,
    bool Outgoing,
    bool PassAll,
    bool ReverseName,
    string Settings,
    string SettingsId,
    string SettingsIdOutgoing,
    double Scale,
    bool Symbols,
    string Tag,
    bool Milter,
    Actions Actions,
    LearningOptions Learning,
    ControllerOptions? Controller)
{
    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static RspamdOptions Read(ISettings settings)
    {
        long maximumSize = settings.GetSize("maximum_size", 10 << 20, minimum: 1, maximum: 1 << 30);
        var learning = LearningOptions.Read(settings, maximumSize);
        var daemons = DaemonOptions.Read(settings, "127.0.0.1:11333", "timeout", TimeSpan.FromSeconds(20), defaultConnections: 20);
        return new(
            daemons,
            settings.GetEnum("when_unavailable", WhenUnavailable.Pass),
            maximumSize,
            settings.GetBoolean("outgoing", defaultValue: false),
            settings.GetBoolean("pass_all", defaultValue: false),
            settings.GetBoolean("reverse_name", defaultValue: true),
            ReadSettings(settings),
            ReadWord(settings, "settings_id"),
            ReadWord(settings, "settings_id_outgoing"),
            settings.GetNumber("scale", defaultValue: 1, minimum: 0.01, maximum: 100),
            settings.GetBoolean("symbols", defaultValue: true),
            settings.GetString("tag", "spam"),
            settings.GetBoolean("milter", defaultValue: true),
            Actions.Read(settings.GetTable("actions")),
            learning,
            ControllerOptions.Read(settings, daemons, learning.IsOn));
    }

    private static string ReadSettings(ISettings settings)
    {
        string text = settings.GetString("settings", "");
        if (text.Length == 0)
        {
            return "";
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object && text.Length <= 4096 && Ascii.IsValid(text) && !text.AsSpan().ContainsAny('\r', '\n'))
            {
                return text;
            }
        }
        catch (JsonException)
        {
            // Rejected as what is no object is.
        }

        settings.Reject("settings", "a JSON object on one line, as Rspamd's header Settings takes it");
        return "";
    }

    private static string ReadWord(ISettings settings, string key)
    {
        string text = settings.GetString(key, "");
        if (text.Length > 100 || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            settings.Reject(key, "an identifier of Rspamd's settings module");
        }

        return text;
    }
}
