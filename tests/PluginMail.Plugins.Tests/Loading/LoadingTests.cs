using System.Reflection;
using PluginMail.Plugins.Loading;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Loading;

public sealed class LoadingTests
{
    [Theory]
    [InlineData("1.2.0.0", "1.2.0.0", true)]
    [InlineData("1.0.0.0", "1.2.0.0", true)]
    [InlineData("1.3.0.0", "1.2.0.0", false)]
    [InlineData("2.0.0.0", "1.2.0.0", false)]
    [InlineData("0.9.0.0", "1.2.0.0", false)]
    [InlineData("1.2.9.0", "1.2.0.0", true)]
    public void The_contract_must_be_of_the_same_major_version_and_no_newer_minor_one(string built, string offered, bool fits)
    {
        var image = new PluginImage("1.0.0", [new AssemblyName("PluginMail.Abstractions") { Version = Version.Parse(built) }]);
        var thrown = Record.Exception(() => image.CheckContract(Version.Parse(offered)));
        Assert.Equal(fits, thrown is null);
        if (!fits)
        {
            Assert.Contains(Version.Parse(built).ToString(3), Assert.IsType<PluginRejectedException>(thrown).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_plugin_gets_its_own_libraries_and_the_servers_contract()
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("needy")));
        Assert.Equal("a gadget", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_library_that_is_not_there_is_missed_when_the_plugin_is_loaded()
    {
        await using var bench = new PluginBench();
        File.Delete(Path.Combine(bench.CopyOf("Needy", "needy"), "Gadget.dll"));
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("needy")));
        Assert.Equal("plugin needy: needs Gadget, which is neither in its folder nor shared by the server", error);
    }

    [Fact]
    public void The_servers_private_assemblies_are_not_shared()
    {
        var shared = new SharedAssemblies();
        Assert.All(
            (string[])["PluginMail.Abstractions", "System.Runtime", "Microsoft.Extensions.Logging.Abstractions", "Npgsql", "Microsoft.Data.Sqlite"],
            name => Assert.True(shared.Contains(name), name));
        Assert.All((string[])["PluginMail.Plugins", "PluginMail.Pipeline", "xunit.core", "Serilog"], name => Assert.False(shared.Contains(name), name));
    }

    [Fact]
    public async Task An_assembly_with_two_plugins_is_refused()
    {
        await using var bench = new PluginBench();
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("twins")));
        Assert.Contains("several public classes that implement IMailPlugin: FirstTwin, SecondTwin", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_plugin_is_refused_in_words()
    {
        await using var bench = new PluginBench();
        string folder = Path.Combine(bench.Installed, "strange");
        Directory.CreateDirectory(folder);
        var settings = DictionarySettings.For("strange");
        Assert.Contains("no folder strange", Assert.Single(await bench.ApplyAsync(settings)), StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(folder, "strange.dll"), "not an assembly");
        Assert.Contains("is not a whole .NET assembly", Assert.Single(await bench.ApplyAsync(settings)), StringComparison.Ordinal);

        File.Copy(Path.Combine(PluginBench.Built, "Needy", "Gadget.dll"), Path.Combine(folder, "strange.dll"), overwrite: true);
        Assert.Contains("it is not a plugin", Assert.Single(await bench.ApplyAsync(settings)), StringComparison.Ordinal);

        File.Delete(Path.Combine(folder, "strange.dll"));
        await File.WriteAllTextAsync(Path.Combine(folder, "a.dll"), "");
        await File.WriteAllTextAsync(Path.Combine(folder, "b.dll"), "");
        Assert.Contains("cannot tell which assembly", Assert.Single(await bench.ApplyAsync(settings)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(bench.Shadow).SelectMany(Directory.GetDirectories));
    }

    [Theory]
    [InlineData("../probe")]
    [InlineData("")]
    [InlineData(".")]
    public async Task A_name_does_not_lead_out_of_the_plugin_folders(string name)
    {
        await using var bench = new PluginBench();
        bench.Install("probe", "1");
        Assert.Single(await bench.ApplyAsync(DictionarySettings.For(name)));
    }

    [Fact]
    public async Task Copies_of_an_earlier_run_are_removed_at_the_start()
    {
        string root = Directory.CreateTempSubdirectory("plugins-").FullName;
        string leftover = Path.Combine(root, "shadow", "probe", "1-abc");
        Directory.CreateDirectory(leftover);
        await using (var bench = new PluginBench(options => options with { Shadow = Path.Combine(root, "shadow") }))
        {
            Assert.False(Directory.Exists(leftover));
        }

        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData("throw", "start failed")]
    [InlineData("hang", "did not start within")]
    [InlineData("block", "did not start within")]
    [InlineData("null", "returned null")]
    [InlineData("stranger", "Stranger, which is no role")]
    [InlineData("reject", "expected something else")]
    public async Task A_plugin_that_cannot_start_is_an_error(string start, string error)
    {
        await using var bench = new PluginBench(
            options => options with { StartLimit = TimeSpan.FromMilliseconds(start is "hang" or "block" ? 300 : 30_000) });
        Assert.Contains(error, Assert.Single(await bench.ApplyAsync(DictionarySettings.For("probe", ("start", start)))), StringComparison.Ordinal);
        var status = bench.Status();
        Assert.Equal((PluginState.Failed, 0, null), (status.State, status.Generation, status.Version));
        Assert.Empty(bench.Roles.MessageChecks);
    }
}
