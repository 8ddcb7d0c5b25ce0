using PluginMail.Configuration;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

/// <summary>Plugins are installed, enabled, disabled and removed, while a server runs and while none does.</summary>
public sealed class PluginInstallTests : IDisposable
{
    private const string Settings = "[plugins] # which\norder = [ # run\n  \"noop\", # nothing\n]\n";
    private static readonly string Template = Bundled("Template");
    private readonly TestData _data = new(Settings, TestData.AnyPort);
    private MailServer? _server;

    public PluginInstallTests() => Copy(Bundled("NoOp"), Path.Combine(_data.Data, "plugins", "noop"));

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plugin_is_installed_enabled_disabled_and_removed(bool isServing)
    {
        using var logging = new ServerLogging(_data.Options.Log);
        await StartAsync(isServing, logging);
        try
        {
            string before = File.ReadAllText(_data.Configuration);
            Assert.Contains("cannot tell which assembly", (await AskAsync("plugin install", ("path", Directory.CreateDirectory(Path.Combine(_data.Root, "empty")).FullName))).Message, StringComparison.Ordinal);
            await DoneAsync("plugin install", ("path", Template), ("name", "tagger"));
            Assert.True(File.Exists(Path.Combine(_data.Data, "plugins", "tagger", "Template.dll")));
            Assert.Equal(["noop"], Running());
            Assert.Contains("tagger", (await DoneAsync("plugin list", ("all", "true"))).Table!.Rows.Select(row => row[0]));

            await DoneAsync("plugin enable", ("name", "tagger"));
            Assert.Equal(before.Replace("# nothing\n", "# nothing\n  \"tagger\",\n", StringComparison.Ordinal), File.ReadAllText(_data.Configuration));
            Assert.Equal(isServing ? ["noop", "tagger"] : ["noop"], Running());
            Assert.Contains(isServing ? "replaced and running" : "from the next start", (await DoneAsync("plugin install", ("path", Template), ("name", "tagger"))).Message, StringComparison.Ordinal);
            Assert.Contains("disable it first", (await AskAsync("plugin remove", ("name", "Tagger"))).Message, StringComparison.Ordinal);

            await DoneAsync("plugin remove", ("name", "tagger"), ("disable", "true"));
            Assert.Equal(before, File.ReadAllText(_data.Configuration));
            Assert.Equal(["noop"], Running());
            Assert.False(Directory.Exists(Path.Combine(_data.Data, "plugins", "tagger")));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_data.Data, "plugins", ".incoming")));
            Assert.Contains("is not enabled", (await AskAsync("plugin disable", ("name", "tagger"))).Message, StringComparison.Ordinal);
            Assert.Contains("no folder", (await AskAsync("plugin enable", ("name", "tagger"))).Message, StringComparison.Ordinal);
            Assert.Contains("no plugin other is installed", (await AskAsync("plugin remove", ("name", "other"))).Message, StringComparison.Ordinal);
        }
        finally
        {
            await StopAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_an_installed_plugin_is_removed_the_one_that_came_with_the_server_takes_its_place(bool isServing)
    {
        string bundled = Path.Combine(AppContext.BaseDirectory, "plugins", "fallback");
        Copy(Bundled("NoOp"), bundled);
        using var logging = new ServerLogging(_data.Options.Log);
        try
        {
            await DoneAsync("plugin install", ("path", Template), ("name", "fallback"));
            _data.Write("[plugins]\norder = [\"fallback\"]\n", TestData.AnyPort);
            await StartAsync(isServing, logging);
            string done = (await DoneAsync("plugin remove", ("name", "Fallback"))).Message!;
            Assert.EndsWith(isServing ? "runs in its place" : "runs from the next start", done, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(_data.Data, "plugins", "fallback")));
            if (isServing)
            {
                Assert.Equal(bundled, Assert.Single(_server!.Core.Plugins.List()).Folder);
            }

            Directory.Delete(bundled, recursive: true);
            Directory.CreateDirectory(bundled);
            File.WriteAllText(Path.Combine(bundled, "fallback.dll"), "broken");
            await DoneAsync("plugin install", ("path", Template), ("name", "fallback"));
            AdminResponse kept = await AskAsync("plugin remove", ("name", "fallback"));
            Assert.Contains("not removed, as the plugin fallback that came with the server cannot take its place: fallback.dll is not a whole", kept.Message, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(_data.Data, "plugins", "fallback", "Template.dll")));
        }
        finally
        {
            await StopAsync();
            Directory.Delete(bundled, recursive: true);
        }
    }

    [Fact]
    public async Task What_does_not_start_is_undone()
    {
        using var logging = new ServerLogging(_data.Options.Log);
        _data.Write(Settings + "[plugins.tagger]\nwords = []\n", TestData.AnyPort);
        await StartAsync(isServing: true, logging);
        try
        {
            string before = File.ReadAllText(_data.Configuration);
            await DoneAsync("plugin install", ("path", Template), ("name", "tagger"));
            AdminResponse response = await AskAsync("plugin enable", ("name", "tagger"));
            Assert.Equal(1, response.Status);
            Assert.Contains("a list of words", response.Message, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllText(_data.Configuration));
            Assert.Equal(["noop"], Running());

            _data.Write(Settings.Replace("noop", "tagger", StringComparison.Ordinal), TestData.AnyPort);
            await DoneAsync("config reload");
            string probe = Directory.CreateDirectory(Path.Combine(_data.Root, "broken")).FullName;
            File.Copy(Path.Combine(Template, "Template.dll"), Path.Combine(probe, "Template.dll"));
            File.WriteAllText(Path.Combine(probe, "Template.deps.json"), "{ not json");
            Assert.Equal(1, (await AskAsync("plugin install", ("path", probe), ("name", "tagger"))).Status);
            Assert.Equal(["tagger"], Running());
            Assert.Equal(
                new FileInfo(Path.Combine(Template, "Template.deps.json")).Length,
                new FileInfo(Path.Combine(_data.Data, "plugins", "tagger", "Template.deps.json")).Length);
        }
        finally
        {
            await StopAsync();
        }
    }

    [Fact]
    public async Task What_others_wrote_to_the_settings_meanwhile_stays_where_a_change_is_undone()
    {
        await using ServerCore core = await _data.OpenCoreAsync();
        await DoneAsync("plugin install", ("path", Template), ("name", "tagger"));
        string before = File.ReadAllText(_data.Configuration);
        bool isFirst = true;
        var services = new AdminServices(core, listeners: null, () =>
        {
            if (isFirst)
            {
                isFirst = false;
                File.AppendAllText(_data.Configuration, "# by hand\n"); // while the plugin starts
            }

            return Task.FromResult((ConfigurationFile.Load(_data.Configuration), (IReadOnlyList<string>)["plugin tagger: would not start"]));
        }) { ConfigurationPath = _data.Configuration };
        var request = new AdminRequest("plugin enable", new Dictionary<string, string> { ["name"] = "tagger" }, [], null);
        AdminResponse response = await AdminOperations.RunAsync(services, request, CancellationToken.None);
        Assert.Equal((1, "not enabled: plugin tagger: would not start"), (response.Status, response.Message));
        Assert.Equal(before + "# by hand\n", File.ReadAllText(_data.Configuration));
    }

    [Fact]
    public async Task A_plugin_is_enabled_as_its_table_spells_it()
    {
        _data.Write(Settings + "[plugins.tagger]\nwords = [\"one\"]\n", TestData.AnyPort);
        await DoneAsync("plugin install", ("path", Template), ("name", "Tagger"));
        await DoneAsync("plugin enable", ("name", "Tagger"));
        Assert.Equal(["noop", "tagger"], _data.Options.Plugins.Order.Select(plugin => plugin.Name));
    }

    /// <summary>A plugin as it was built for the server.</summary>
    private static string Bundled(string name) => Repository.Path(
        ["src", "PluginMail.Server", "bin", .. AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..], "plugins", name]);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private async Task StartAsync(bool isServing, ServerLogging logging)
    {
        if (isServing)
        {
            (_server, IReadOnlyList<string> problems) =
                await MailServer.StartAsync(_data.Configuration, _data.Options, logging, TimeProvider.System, CancellationToken.None);
            Assert.True(_server is not null, string.Join('\n', problems));
        }
    }

    private async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private IEnumerable<string> Running() =>
        _server?.Core.Plugins.List().OrderBy(plugin => plugin.Order).Select(plugin => plugin.Name) ?? ["noop"];

    private async Task<AdminResponse> DoneAsync(string operation, params (string Name, string Value)[] arguments)
    {
        AdminResponse response = await AskAsync(operation, arguments);
        Assert.True(response.Status == 0, response.Message);
        return response;
    }

    [Fact]
    public async Task What_a_kill_left_behind_does_not_come_back_over_what_is_installed_after_it()
    {
        string mark = Path.Combine(_data.Data, "plugins", "tagger", "mark");
        await DoneAsync("plugin install", ("path", Template), ("name", "tagger"));
        File.WriteAllText(mark, "first");
        await using (ServerCore killed = await _data.OpenCoreAsync())
        {
            Assert.NotNull(killed.PluginInstallation.Place(killed.PluginInstallation.Stage(Template, "tagger").Plugin!)); // and no further
        }

        await DoneAsync("plugin install", ("path", Template), ("name", "tagger"));
        await using ServerCore next = await _data.OpenCoreAsync();
        next.PluginInstallation.Recover();
        Assert.False(File.Exists(mark));
        Assert.True(Directory.Exists(Path.GetDirectoryName(mark)));
    }

    private Task<AdminResponse> AskAsync(string operation, params (string Name, string Value)[] arguments) => AdminClient.RunAsync(
        _data.Options,
        _data.Configuration,
        new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), [], null),
        static (_, _) => ValueTask.CompletedTask,
        CancellationToken.None);
}
