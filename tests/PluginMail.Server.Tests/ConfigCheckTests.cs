using PluginMail.Configuration;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

/// <summary><c>config check</c> knows what plugins know of their own tables, without running one.</summary>
public sealed class ConfigCheckTests : IDisposable
{
    private readonly TestData _data = new();

    public static TheoryData<string> Plugins =>
        [.. Directory.EnumerateFiles(Repository.Path("plugins"), "README.md", SearchOption.AllDirectories)
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!))
            .Where(name => File.Exists(Repository.Path("plugins", name, $"{name}.csproj")))];

    public void Dispose() => _data.Dispose();

    [Theory]
    [MemberData(nameof(Plugins))]
    public async Task A_key_that_a_plugin_does_not_know_is_told_with_its_place(string name)
    {
        Place(name);
        var findings = await CheckAsync($"[plugins]\norder = [\"{name}\"]\n[plugins.{name}]\non_fault = \"pass\"\nno_such_key = 1");
        var unknown = Assert.Single(findings, finding => finding.Message.Contains("no_such_key", StringComparison.Ordinal));
        Assert.True(unknown.IsError);
        Assert.Equal(_data.Configuration, unknown.File);
        Assert.Equal("no_such_key = 1", (await File.ReadAllLinesAsync(_data.Configuration))[unknown.Line!.Value - 1]);
        Assert.DoesNotContain(findings, finding => finding.Message.Contains("on_fault", StringComparison.Ordinal));
    }

    /// <summary>What the READMEs print is what the plugins take, but for files that an administrator has to write.</summary>
    [Theory]
    [MemberData(nameof(Plugins))]
    public async Task Samples_of_settings_are_good(string name)
    {
        foreach (string sample in Samples(Repository.Path("plugins", name, "README.md")))
        {
            string[] lines = sample.Split('\n');
            string[] named = [name, .. Array.FindAll(Directory.GetDirectories(Bundled), other => lines.Any(line => line.StartsWith("order", StringComparison.Ordinal)
                && line.Contains($"\"{Path.GetFileName(other)}\"", StringComparison.OrdinalIgnoreCase)))];
            Array.ForEach(named, Place);
            string order = lines.Any(line => line.StartsWith("[plugins]", StringComparison.Ordinal)) ? "" : $"[plugins]\norder = [\"{name}\"]\n";
            var findings = await CheckAsync(order + sample);
            Assert.Empty(findings.Where(finding => !finding.Message.Contains("file", StringComparison.Ordinal)).Select(finding => finding.Shown));
        }
    }

    [Fact]
    public async Task A_plugin_that_is_missing_or_none_is_told()
    {
        Place("NoOp");
        Directory.CreateDirectory(Path.Combine(_data.Data, "plugins", "torn"));
        await File.WriteAllTextAsync(Path.Combine(_data.Data, "plugins", "torn", "torn.dll"), "MZ");
        var findings = await CheckAsync("[plugins]\norder = [\"noop\", \"nowhere\", \"torn\"]");
        Assert.Collection(
            findings,
            finding => Assert.StartsWith("plugin nowhere: no folder nowhere with an assembly in ", finding.Message, StringComparison.Ordinal),
            finding => Assert.StartsWith("plugin torn: torn.dll is not a whole .NET assembly", finding.Message, StringComparison.Ordinal));
    }

    private static string Bundled => Repository.Path(
        ["src", "PluginMail.Server", "bin", .. AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..], "plugins"]);

    /// <summary>Those that are whole: others show keys of a table that stands elsewhere.</summary>
    private static IEnumerable<string> Samples(string readme) =>
        File.ReadAllText(readme).Split("```toml\n").Skip(1)
            .Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])
            .Where(sample => sample.TrimStart().StartsWith('['));

    private void Place(string name)
    {
        string folder = Path.Combine(_data.Data, "plugins", Path.GetFileName(name));
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            Directory.CreateSymbolicLink(folder, Path.Combine(Bundled, Path.GetFileName(name)));
        }
    }

    private async Task<IReadOnlyList<ConfigCheck.Finding>> CheckAsync(string settings)
    {
        _data.Write(settings);
        var check = new ConfigCheck(ConfigurationFile.Load(_data.Configuration), _data.Configuration);
        await check.RunAsync(CancellationToken.None);
        Assert.Equal(!check.Findings.Any(finding => finding.IsError), check.IsUsable);
        return check.Findings;
    }
}
