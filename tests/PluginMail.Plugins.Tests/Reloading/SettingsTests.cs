using PluginMail.Plugins.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Reloading;

public sealed class SettingsTests
{
    [Fact]
    public async Task Roles_stand_in_the_order_of_the_settings()
    {
        await using var bench = new PluginBench();
        foreach (string name in (string[])["a", "b", "c"])
        {
            bench.Install(name, name);
        }

        var (a, b, c) = (DictionarySettings.For("a"), DictionarySettings.For("b"), DictionarySettings.For("c"));
        Assert.Empty(await bench.ApplyAsync(b, a));
        Assert.Equal("b a", Order(bench));
        Assert.Empty(await bench.ApplyAsync(a, c, b));
        Assert.Equal("a c b", Order(bench));
        Assert.Equal([(1, "a"), (2, "c"), (3, "b")], bench.Host.List().Select(row => (row.Order, row.Name)));
        Assert.Equal([2, 3, 1], bench.Host.List().Select(row => row.Generation));
    }

    [Fact]
    public async Task Only_the_plugin_whose_table_changed_is_restarted()
    {
        await using var bench = new PluginBench();
        bench.Install("a", "1");
        bench.Install("b", "1");
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("a"), DictionarySettings.For("b")));
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("a"), DictionarySettings.For("b", ("act", "throw"))));
        Assert.Equal(1, bench.Status("a").Generation);
        Assert.Equal(3, bench.Status("b").Generation);
        Assert.NotNull((await bench.Roles.MessageChecks[1].AskAsync(FakeMessage.Plain, CancellationToken.None)).Fault);
    }

    [Fact]
    public async Task A_plugin_that_is_not_named_any_more_retires()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        var role = bench.Roles.MessageChecks[0];
        Assert.Empty(await bench.ApplyAsync());
        Assert.Empty(bench.Roles.MessageChecks);
        Assert.True((await role.AskAsync(FakeMessage.Plain, CancellationToken.None)).Value.IsPlainPass);
        Assert.Empty(bench.Host.List());
    }

    [Fact]
    public async Task A_bad_table_leaves_the_old_one_serving_and_is_reported()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        var errors = await bench.ApplyAsync(DictionarySettings.For("probe", ("act", 5), ("colour", "blue")));
        Assert.Equal("plugin probe: act: expected a String; unknown key colour", Assert.Single(errors));
        Assert.Equal("v1", (await bench.CheckAsync()).Version());
        Assert.Equal((PluginState.RunningOld, 1), (bench.Status().State, bench.Status().Generation));

        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("probe", ("act", "yield"))));
        Assert.Equal(PluginState.Running, bench.Status().State);
        await bench.UntilUnloadedAsync();
    }

    [Fact]
    public async Task Going_back_to_the_old_table_takes_the_error_back()
    {
        var good = DictionarySettings.For("probe");
        await using var bench = await PluginBench.WithProbeAsync(good);
        Assert.Single(await bench.ApplyAsync(DictionarySettings.For("probe", ("colour", "blue"))));
        Assert.Empty(await bench.ApplyAsync(good));
        Assert.Equal((PluginState.Running, 1), (bench.Status().State, bench.Status().Generation));
    }

    [Fact]
    public async Task One_bad_plugin_does_not_keep_the_others_from_running()
    {
        await using var bench = new PluginBench();
        bench.Install("good", "1");
        Assert.Contains(
            "plugin missing: no folder",
            Assert.Single(await bench.ApplyAsync(DictionarySettings.For("missing"), DictionarySettings.For("good"))),
            StringComparison.Ordinal);
        Assert.Equal("v1", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task Names_fit_their_folders_whatever_the_case_and_state_is_by_name()
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("pRoBe")));
        Assert.Equal(["probe"], bench.StateNames);
        Assert.Null(await bench.Host.ReloadAsync("PROBE", CancellationToken.None));
        Assert.Equal("mail.toml names no plugin nobody", await bench.Host.ReloadAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task A_name_that_stands_twice_is_an_error_and_runs_once()
    {
        await using var bench = new PluginBench();
        var errors = await bench.ApplyAsync(DictionarySettings.For("probe"), DictionarySettings.For("Probe"));
        Assert.Contains("named twice", Assert.Single(errors), StringComparison.Ordinal);
        Assert.Single(bench.Roles.MessageChecks);
    }

    [Fact]
    public async Task The_list_tells_what_runs()
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("noop"), DictionarySettings.For("probe", ("roles", new[] { "directory", "directory" }))));
        var (noop, probe) = (bench.Status("noop"), bench.Status());
        Assert.Equal("0.1.0", noop.Version);
        Assert.Equal(
            [
                "session check", "message check", "message editor", "outbound editor", "authenticator", "directory", "mailbox observer",
                "filter test", "filter action", "background service", "command",
            ],
            noop.Roles.ToArray());
        Assert.Equal("directory × 2", Assert.Single(probe.Roles));
        Assert.Equal((0L, 0L, 1), (noop.Calls, noop.Faults, noop.VersionsInMemory));
        var answers = await EveryRole.AskAsync(bench.Roles);
        Assert.All(answers.Values, answer => Assert.Null(answer.Fault));
        Assert.Equal(7, bench.Status("noop").Calls);
    }

    private static string Order(PluginBench bench) => string.Join(' ', bench.Roles.MessageChecks.Select(role => role.Plugin));
}
