using PluginMail.Connectors.Tests.Support;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>The Dlp plugin's table.</summary>
public sealed class DlpSettingsTests
{
    [Theory]
    [InlineData("minimum_words = 3", "minimum_words")]
    [InlineData("notify = [\"nobody\"]", "notify")]
    [InlineData("rescan = \"1ms\"", "rescan")]
    [InlineData("[[plugins.dlp.collections]]\nname = \"a b\"", "name")]
    [InlineData("[[plugins.dlp.collections]]\nname = \"a\"\npaths = [\"relative\"]", "paths")]
    [InlineData("[[plugins.dlp.collections]]\nname = \"a\"\n[[plugins.dlp.collections]]\nname = \"a\"", "collections")]
    [InlineData("[[plugins.dlp.patterns]]\nkind = \"phone\"", "kind")]
    [InlineData("[[plugins.dlp.patterns]]\nkind = \"card\"\naction = \"ignore\"", "action")]
    [InlineData("[[plugins.dlp.dictionaries]]\nname = \"x\"\nfile = \"/nowhere\"", "file")]
    [InlineData("action = \"notify\"", "notify")]
    [InlineData("[[plugins.dlp.patterns]]\nkind = \"card\"\naction = \"notify\"", "notify")]
    [InlineData("unknown = 1", "unknown")]
    public async Task Bad_settings_are_told(string table, string key) =>
        Assert.Contains(await ListBench.ErrorsAsync("dlp", table), error => error.Contains(key, StringComparison.Ordinal));
}
