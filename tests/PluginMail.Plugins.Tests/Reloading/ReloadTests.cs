using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Plugins.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Reloading;

public sealed class ReloadTests
{
    [Fact]
    public async Task Calls_under_way_never_fail_while_versions_come_and_go_and_none_stays_in_memory()
    {
        const int reloads = 24;
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "yield")));
        using var stop = new CancellationTokenSource();
        long calls = 0;
        var versions = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        Task[] callers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var answer = await bench.CheckAsync();
                Assert.Null(answer.Fault);
                versions.TryAdd(answer.Version(), true);
                Interlocked.Increment(ref calls);
            }
        }))];
        for (int version = 2; version <= reloads + 1; version++)
        {
            bench.Install("probe", $"{version}");
            Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
            Assert.Equal($"v{version}", (await bench.CheckAsync()).Version());
        }

        await PluginBench.UntilAsync(() => Interlocked.Read(ref calls) > 5_000, "thousands of calls");
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        Assert.True(versions.Count > 1);
        Assert.Equal(0, bench.Status().Faults);
        Assert.Equal(reloads + 1, bench.Status().Generation);
        await bench.UntilUnloadedAsync();
        await PluginBench.UntilAsync(() => Directory.GetDirectories(Path.Combine(bench.Shadow, "probe")).Length == 1, "copies are removed");
        Assert.Contains("left memory", bench.Status().LastUnload!, StringComparison.Ordinal);
        Assert.DoesNotContain(
            bench.Loggers.Lines,
            line => line.Level >= LogLevel.Warning && !line.Text.Contains("blocked its thread", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_folder_is_loaded_by_itself()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"), PluginBench.Watching);
        bench.Install("probe", "2");
        await PluginBench.UntilAsync(() => bench.Status().Generation == 2, "the new version serves");
        Assert.Equal("v2", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_folder_that_is_installed_later_takes_the_place_of_the_bundled_one()
    {
        await using var bench = new PluginBench(PluginBench.Watching);
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("probe")));
        Assert.StartsWith(PluginBench.Built, bench.Status().Folder!, StringComparison.Ordinal);
        bench.Install("Probe", "7");
        await PluginBench.UntilAsync(() => bench.Status().Generation > 1, "the installed version serves");
        Assert.Equal("v7", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task Touching_files_without_changing_them_loads_nothing()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"), PluginBench.Watching);
        bench.Install("probe", "1");
        bench.Install("other", "1");
        bench.Install("probe", "1");
        await Task.Delay(300);
        Assert.Equal(1, bench.Status().Generation);
    }

    [Fact]
    public async Task A_changed_folder_that_cannot_be_read_is_told_of_once_and_looked_at_again()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe"), options => options with { Debounce = TimeSpan.FromMilliseconds(5) });
        string link = Path.Combine(bench.Installed, "probe", "link");
        File.CreateSymbolicLink(link, "nowhere");
        await PluginBench.UntilAsync(() => bench.Status().LastError is not null, "it is told");
        Assert.Contains("it has changed and cannot be read: FileNotFoundException", bench.Status().LastError!, StringComparison.Ordinal);
        Assert.Equal(PluginState.RunningOld, bench.Status().State);
        await Task.Delay(100); // looked at several times more
        Assert.Single(bench.Loggers.Lines, line => line.Text.Contains("cannot be read", StringComparison.Ordinal));
        File.Delete(link);
        await PluginBench.UntilAsync(() => bench.Status().State == PluginState.Running, "what serves is again what lies there");
        Assert.Null(bench.Status().LastError);
    }

    [Fact]
    public async Task A_version_that_fails_to_start_leaves_the_old_one_serving()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        bench.Install("probe", "broken");
        Assert.Contains("start failed", await bench.Host.ReloadAsync("probe", CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal("v1", (await bench.CheckAsync()).Version());
        Assert.Equal(PluginState.RunningOld, bench.Status().State);
        Assert.Contains("start failed", bench.Status().LastError!, StringComparison.Ordinal);
        Assert.True(bench.Logged(LogLevel.Error, "goes on serving"));
        await bench.UntilUnloadedAsync();
    }

    [Fact]
    public async Task A_truncated_assembly_leaves_the_old_one_serving()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        string assembly = Path.Combine(bench.Installed, "probe", "Probe.dll");
        byte[] whole = await File.ReadAllBytesAsync(assembly);
        foreach (int length in (int[])[0, 100, whole.Length / 2, whole.Length - 100])
        {
            await File.WriteAllBytesAsync(assembly, whole[..length]);
            Assert.NotNull(await bench.Host.ReloadAsync("probe", CancellationToken.None));
            Assert.Equal("v1", (await bench.CheckAsync()).Version());
        }

        await File.WriteAllBytesAsync(assembly, whole);
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        Assert.Equal(PluginState.Running, bench.Status().State);
    }

    [Fact]
    public async Task A_removed_folder_leaves_the_plugin_serving()
    {
        await using var bench = new PluginBench();
        bench.CopyOf("Probe", "gone");
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("gone")));
        Directory.Delete(Path.Combine(bench.Installed, "gone"), recursive: true);
        Assert.Contains("no folder gone", await bench.Host.ReloadAsync("gone", CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal("v0", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_session_keeps_the_version_it_began_with()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "count"), ("roles", new[] { "session_check" })));
        var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
        var connect = new SessionCheckContext(SessionStages.Connect, new FakeSession());
        Assert.Equal("v1 call 1", (await session.AskAsync(connect, CancellationToken.None)).Version());

        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        Assert.Equal("v1 call 2", (await session.AskAsync(connect, CancellationToken.None)).Version());
        await using (var later = bench.Roles.SessionChecks[0].Begin(new FakeSession()))
        {
            Assert.Equal("v2 call 1", (await later.AskAsync(connect, CancellationToken.None)).Version());
        }

        Assert.Equal(2, bench.Status().VersionsInMemory);
        await bench.UntilEndedAsync(1);
        await session.DisposeAsync();
        await session.DisposeAsync();
        await bench.UntilUnloadedAsync();
        Assert.Equal(2, bench.State.Counters["ended"]);
    }

    [Fact]
    public async Task Not_one_of_many_sessions_notices_a_reload()
    {
        const int callsOfOne = 5;
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "count"), ("roles", new[] { "session_check" })));
        using var stop = new CancellationTokenSource();
        long sessions = 0;
        Task[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await using var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
                var recipient = new SessionCheckContext(SessionStages.Recipient, new FakeSession());
                string version = "";
                for (int call = 1; call <= callsOfOne; call++)
                {
                    var answer = await session.AskAsync(recipient, CancellationToken.None);
                    Assert.Null(answer.Fault);
                    version = call == 1 ? answer.Version().Split(' ')[0] : version;
                    Assert.Equal($"{version} call {call}", answer.Version());
                    await Task.Yield();
                }

                Interlocked.Increment(ref sessions);
            }
        }))];
        for (int version = 2; version <= 12; version++)
        {
            bench.Install("probe", $"{version}");
            Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        }

        await PluginBench.UntilAsync(() => Interlocked.Read(ref sessions) > 200, "hundreds of sessions");
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await bench.UntilUnloadedAsync();
        await bench.UntilEndedAsync(sessions);
    }

    [Fact]
    public async Task A_session_that_outlives_the_drain_limit_goes_on_with_the_new_version()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("act", "count"), ("roles", new[] { "session_check" })),
            options => options with { DrainLimit = TimeSpan.FromMilliseconds(50) });
        await using var session = bench.Roles.SessionChecks[0].Begin(new FakeSession());
        var connect = new SessionCheckContext(SessionStages.Connect, new FakeSession());
        await session.AskAsync(connect, CancellationToken.None);
        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => bench.Logged(LogLevel.Warning, "still use it"), "the old version is stopped");
        Assert.Equal("v2 call 1", (await session.AskAsync(connect, CancellationToken.None)).Version());
        await bench.UntilUnloadedAsync();
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("hang")]
    [InlineData("block")]
    public async Task A_version_that_cannot_be_disposed_does_not_hold_anything_up(string dispose)
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("dispose", dispose)), options => options with { StopLimit = TimeSpan.FromMilliseconds(100) });
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => bench.Logged(LogLevel.Warning, "did not stop cleanly: disposing it"), "the fault is told");
        Assert.Equal("v1", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_version_that_stays_in_memory_is_reported()
    {
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("dispose", "hang"), ("act", "hang")) with { TimeLimit = TimeSpan.FromMilliseconds(50) },
            options => options with
            {
                StopLimit = TimeSpan.FromMilliseconds(50),
                DrainLimit = TimeSpan.FromMilliseconds(50),
                UnloadGrace = TimeSpan.FromMilliseconds(100),
            });
        using var kept = new Keeper();
        kept.Context = System.Runtime.Loader.AssemblyLoadContext.All.Single(
            context => context.Name == "plugins.probe 1" && context.Assemblies.Any(a => a.Location.StartsWith(bench.Shadow, StringComparison.Ordinal)));
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => bench.Logged(LogLevel.Warning, "still in memory"), "the leak is told");
        Assert.Equal(2, bench.Status().VersionsInMemory);
        Assert.Contains("still in memory", bench.Status().LastUnload!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_reloads_with_every_role_leave_nothing_behind()
    {
        string[] all =
        [
            "session_check", "message_check", "message_editor", "outbound_editor", "authenticator", "directory", "mailbox_observer",
            "vocabulary", "background", "command",
        ];
        await using var bench = await PluginBench.WithProbeAsync(
            DictionarySettings.For("probe", ("roles", all), ("schedule", "ticks"), ("act", "ambient")));
        for (int version = 2; version < 8; version++)
        {
            await EveryRole.AskAsync(bench.Roles);
            await PluginBench.UntilAsync(
                () => bench.State.Counters.GetValueOrDefault("runs") == version - 1, "its background service runs"); // one that is replaced at once may not have begun
            bench.Install("probe", $"{version}");
            Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        }

        await bench.UntilUnloadedAsync();
        await PluginBench.UntilAsync(() => bench.State.Counters.GetValueOrDefault("ticks") > 0, "scheduled work runs");
        await PluginBench.UntilAsync(() => bench.State.Counters["runs"] == 7, "each version's background service ran once");
        Assert.Equal(0, bench.Status().Faults);
    }

    [Fact]
    public async Task What_a_plugin_logs_does_not_keep_it_in_memory()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe", ("act", "log")));
        for (int i = 0; i < 5; i++)
        {
            Assert.Null((await bench.CheckAsync()).Fault);
        }

        var (category, _, text, exception) = bench.Loggers.Lines.First(line => line.Level == LogLevel.Error);
        Assert.Equal("plugins.probe.probe", category);
        Assert.Equal("trouble of Grave with PluginMail.Probe.ProbeRoles 5", text);
        Assert.Equal("call failed at the probe", exception!.ToString());
        var state = bench.Loggers.Kept.OfType<IReadOnlyList<KeyValuePair<string, object?>>>()
            .First(values => values.Any(value => value.Key == "Kind"));
        Assert.Contains(new KeyValuePair<string, object?>("Number", 5), state);
        Assert.Contains(new KeyValuePair<string, object?>("Kind", "Grave"), state);
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await bench.UntilUnloadedAsync();
        GC.KeepAlive(bench.Loggers);
    }

    private sealed class Keeper : IDisposable
    {
        public object? Context { get; set; }

        public void Dispose() => GC.KeepAlive(Context);
    }
}
