using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
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
        var image = new PluginImage("Acme.dll", "1.0.0", [new AssemblyName("PluginMail.Abstractions") { Version = Version.Parse(built) }]);
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
        Assert.Equal("plugin needy: Needy.dll needs Gadget, which is neither in its folder nor shared by the server", error);
    }

    [Fact]
    public void The_servers_private_assemblies_are_not_shared()
    {
        var shared = new SharedAssemblies();
        Assert.All(
            (string[])["PluginMail.Abstractions", "System.Runtime", "Microsoft.Extensions.Logging.Abstractions", "SQLitePCLRaw.core"],
            name => Assert.True(shared.Contains(name), name));
        Assert.All((string[])["PluginMail.Plugins", "PluginMail.Pipeline", "xunit.core", "Serilog", "Npgsql"], name => Assert.False(shared.Contains(name), name));
    }

    [Fact]
    public void What_cannot_be_unloaded_is_shared_where_the_server_has_it()
    {
        string with = string.Join(Path.PathSeparator, "/fw/System.Runtime.dll", "/app/Npgsql.dll", "/app/Serilog.dll");
        var shared = new SharedAssemblies(with, "/app/");
        Assert.True(shared.Contains("Npgsql"));
        Assert.False(shared.Contains("Serilog"));
        Assert.False(shared.Contains("SQLitePCLRaw.core"));
        Assert.True(shared.Contains("system.runtime"));
        Assert.Null(shared.VersionOf("Npgsql")); // there is no such file
    }

    [Theory]
    [InlineData("System.Runtime", 1, true)]
    [InlineData("System.Runtime", 0, false)]
    [InlineData("SQLitePCLRaw.core", 1, true)]
    [InlineData("SQLitePCLRaw.core", 0, false)]
    [InlineData("PluginMail.Abstractions", 1, true)]
    [InlineData("PluginMail.Abstractions", 0, false)]
    [InlineData("Serilog", 1, false)]
    public void What_was_built_against_a_newer_version_of_what_is_shared_is_refused_with_both(string name, int newer, bool isRefused)
    {
        var shared = new SharedAssemblies();
        var has = shared.VersionOf(name) ?? new Version(1, 0, 0, 0);
        var asked = new Version(has.Major, has.Minor, has.Build + newer, has.Revision);
        var image = new PluginImage("Acme.dll", "1.0.0", [new AssemblyName(name) { Version = asked }]);
        var thrown = Record.Exception(() => image.CheckShared(shared));
        Assert.Equal(isRefused, thrown is PluginRejectedException);
        Assert.True(
            !isRefused || thrown!.Message == $"Acme.dll was built against {name} {asked}, and this server has {has}, which plugins share", thrown?.Message);
    }

    [Fact]
    public void Every_version_that_is_shared_can_be_told() => Assert.All(
        (string[])["PluginMail.Abstractions", "System.Runtime", "Microsoft.Extensions.Logging.Abstractions", "SQLitePCLRaw.core"],
        name => Assert.NotNull(new SharedAssemblies().VersionOf(name)));

    [Fact]
    public async Task A_library_of_a_plugin_that_asks_for_more_than_is_shared_is_refused_before_its_first_call()
    {
        await using var bench = new PluginBench();
        string folder = bench.CopyOf("Needy", "needy");
        string library = Path.Combine(folder, "Gadget.dll");
        AskForMore(library);
        var shared = new SharedAssemblies();
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("needy")));
        Assert.StartsWith("plugin needy: Gadget.dll was built against System.Runtime 99.", error, StringComparison.Ordinal);
        Assert.EndsWith($"and this server has {shared.VersionOf("System.Runtime")}, which plugins share", error, StringComparison.Ordinal);
        File.Move(library, Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "unused")).FullName, "Gadget2.dll"));
        File.Copy(Path.Combine(PluginBench.Built, "Needy", "Gadget.dll"), library);
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("needy"))); // what is never loaded may ask for what it likes
    }

    [Fact]
    public async Task A_library_that_is_cut_off_is_being_written_and_is_looked_at_again()
    {
        await using var bench = new PluginBench(options => PluginBench.Watching(options) with { Debounce = TimeSpan.FromMilliseconds(20) });
        string folder = bench.CopyOf("Needy", "needy");
        var settings = DictionarySettings.For("needy");
        Assert.Empty(await bench.ApplyAsync(settings));
        string library = Path.Combine(folder, "Gadget.dll");
        byte[] whole = File.ReadAllBytes(library);
        File.WriteAllBytes(library, whole[..(whole.Length / 2)]);
        await PluginBench.UntilAsync(() => bench.Status("needy").State == PluginState.RunningOld, "it is found to be cut off");
        Assert.Contains("Gadget.dll is cut off", bench.Status("needy").LastError!, StringComparison.Ordinal);
        Assert.Equal("a gadget", (await bench.CheckAsync()).Version());
        File.WriteAllBytes(library, [.. whole, 0]);
        await PluginBench.UntilAsync(() => bench.Status("needy") is { State: PluginState.Running, Generation: > 1 }, "the rest has come");
    }

    [Theory]
    [InlineData(0, "Gadget.dll is not a whole .NET assembly: it is empty")]
    [InlineData(1, "Gadget.dll is not a whole .NET assembly")]
    [InlineData(200, "Gadget.dll is not a whole .NET assembly")]
    [InlineData(3000, "Gadget.dll is cut off")]
    public async Task Every_assembly_of_a_plugin_is_whole(int octets, string error)
    {
        await using var bench = new PluginBench();
        string library = Path.Combine(bench.CopyOf("Needy", "needy"), "Gadget.dll");
        byte[] whole = File.ReadAllBytes(library);
        Assert.True(whole.Length > 3000);
        File.WriteAllBytes(library, whole[..octets]);
        Assert.Contains(error, Assert.Single(await bench.ApplyAsync(DictionarySettings.For("needy"))), StringComparison.Ordinal);
        await File.WriteAllTextAsync(library, "no assembly, and not the beginning of one");
        Assert.Contains("Gadget.dll is not a whole .NET assembly", Assert.Single(await bench.ApplyAsync(DictionarySettings.For("needy"))), StringComparison.Ordinal);
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

    /// <summary>Writes 99 for the major version of System.Runtime into an assembly's table of references.</summary>
    private static void AskForMore(string assembly)
    {
        byte[] octets = File.ReadAllBytes(assembly);
        using (var file = new PEReader(new MemoryStream(octets)))
        {
            var reader = file.GetMetadataReader();
            var references = reader.AssemblyReferences.ToList();
            int index = references.FindIndex(handle => reader.GetString(reader.GetAssemblyReference(handle).Name) == "System.Runtime");
            int row = file.PEHeaders.MetadataStartOffset + reader.GetTableMetadataOffset(TableIndex.AssemblyRef)
                + (index * reader.GetTableRowSize(TableIndex.AssemblyRef));
            octets[row] = 99;
        }

        File.WriteAllBytes(assembly, octets);
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
