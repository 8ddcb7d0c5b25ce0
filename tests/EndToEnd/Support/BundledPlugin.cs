using System.Globalization;
using System.Text.Json;

namespace PluginMail.EndToEnd;

/// <summary>A bundled plugin in a server's plugins folder, to be replaced there.</summary>
/// <param name="Server">The server; it need not run yet.</param>
/// <param name="Project">Its project's name, <c>ClamAv</c>.</param>
internal sealed record BundledPlugin(MailServerProcess Server, string Project)
{
    /// <summary>Its name in settings and log.</summary>
    public string Name => Project.ToLowerInvariant();

    /// <summary>Copies it there. Versions differ in one file, so that the content of each is another one.</summary>
    public void Install(int version)
    {
        string source = Repository.BundledPlugin(Project);
        string folder = Path.Combine(Server.Data, "plugins", Name);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        File.WriteAllText(Path.Combine(folder, "version.txt"), version.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Replaces several by other versions of themselves, and waits until those serve.</summary>
    public static async Task ReplaceAsync(BundledPlugin[] plugins, int version)
    {
        int from = plugins[0].Server.Log.Length;
        Array.ForEach(plugins, plugin => plugin.Install(version));
        foreach (BundledPlugin plugin in plugins)
        {
            await plugin.Server.UntilLoggedAsync($"Plugin {plugin.Name}: version ", from);
        }
    }

    /// <summary>Insists that all versions but the serving one leave memory, and that none has failed.</summary>
    public async Task HasServedWellAsync()
    {
        await Eventually.TrueAsync(async () => await StatusAsync("in_memory") == "1", $"one version of {Name} in memory");
        Assert.Equal("Running", await StatusAsync("state"));
        Assert.Equal("0", await StatusAsync("faults"));
    }

    /// <summary>How often it was asked, by all its versions together.</summary>
    public async Task<int> CallsAsync() => int.Parse(await StatusAsync("calls"), CultureInfo.InvariantCulture);

    private async Task<string> StatusAsync(string column)
    {
        using JsonDocument list = JsonDocument.Parse((await Server.RunAsync("plugin", "list", "--json")).Succeeded().Output);
        return list.RootElement.EnumerateArray().Single(row => row.GetProperty("name").GetString() == Name).GetProperty(column).GetString()!;
    }
}
