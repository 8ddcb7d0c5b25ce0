using System.Text.Unicode;
using PluginMail.Configuration;
using PluginMail.Configuration.Toml;

namespace PluginMail.Fuzz;

public sealed class TomlFuzz
{
    private static readonly string[] Words =
    [
        "\n", "\r\n", "\r", "[", "]", "[[", "]]", "{", "}", ",", ".", " = ", "\"", "'", "\"\"\"", "'''", "\\", "\\u00E9", "\\U0001F600", "#", "\t",
        "0x", "_", "+", "-", "e", "inf", "nan", "true", "1979-05-27", "T07:32:00", "Z", "\uFEFF", "\0", "[plugins.x]\n", "order = [\"x\"]\n",
        "address = \"*:25\"", "[[listeners]]\n", "\"5m\"", "\"10K\"",
    ];

    [Fact]
    public void Document() => FuzzRun.Run("toml", Words, input =>
    {
        var document = TomlDocument.Parse(input);
        if (Utf8.IsValid(input))
        {
            Assert.Equal(input, document.ToUtf8());
        }
        Assert.InRange(document.Errors.Count, 0, TomlLimits.Errors + 1);
        Assert.All(document.Errors, error => Assert.True(error.Position is { Line: > 0, Column: > 0 }));
        if (document.Errors.Count == 0)
        {
            var edited = TomlEditor.Set(document, ["fuzz added"], "key", "value");
            Assert.Empty(edited.Errors);
            Assert.Empty(TomlEditor.Remove(edited, ["fuzz added"], "key").Errors);
        }
    });

    [Fact]
    public void Settings() => FuzzRun.Run("toml", Words, input =>
    {
        var result = ConfigurationFile.Parse(input, "mail.toml");
        Assert.Equal(result.IsUsable, !result.Errors.Any());
        Assert.All(result.Findings, finding => Assert.NotEmpty(finding.ToString()));
        foreach (var plugin in result.Options?.Plugins.Order ?? [])
        {
            var settings = plugin.OpenSettings();
            settings.GetDuration("delay", TimeSpan.Zero);
            settings.ReportUnknownKeys();
            Assert.All(settings.Findings, finding => Assert.NotEmpty(finding.ToString()));
        }
    });
}
