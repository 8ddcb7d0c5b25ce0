using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins;

namespace PluginMail.Testing.Plugins;

/// <summary>A plugin host over folders of its own, filled with copies of the built test plugin.</summary>
internal sealed class PluginBench : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("plugins-").FullName;

    public PluginBench(
        Func<PluginHostOptions, PluginHostOptions>? configure = null,
        Func<PluginHostServices, PluginHostServices>? services = null,
        IAdministratorAlerts? alerts = null)
    {
        Installed = Path.Combine(_root, "installed");
        Shadow = Path.Combine(_root, "shadow");
        Directory.CreateDirectory(Installed);
        var options = new PluginHostOptions(Installed, Built, Shadow)
        {
            DrainLimit = Patience,
            StopLimit = TimeSpan.FromSeconds(20),
            UnloadGrace = Patience,
            Debounce = TimeSpan.FromHours(1),
            Settle = TimeSpan.FromMilliseconds(10),
            RestartPause = TimeSpan.FromMilliseconds(1),
        };
        Host = new PluginHost(
            configure?.Invoke(options) ?? options,
            (services ?? (given => given))(new PluginHostServices(
                TimeProvider.System, Loggers, new NoSubmission(), new NoDns(), name => { StateNames.Add(name); return State; }) { Alerts = alerts }));
    }

    /// <summary>How long a test waits for what is bound to happen, however slow the machine is.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The plugins as the build laid them out.</summary>
    public static string Built { get; } = Path.Combine(AppContext.BaseDirectory, "plugins");

    public string Installed { get; }

    public string Shadow { get; }

    public ListLoggers Loggers { get; } = new();

    public MemoryState State { get; } = new();

    public List<string> StateNames { get; } = [];

    public PluginHost Host { get; }

    public RoleSet Roles => Host.Current;

    /// <summary>Lets the host load by itself what has changed; otherwise a bench loads only when it is told to.</summary>
    public static PluginHostOptions Watching(PluginHostOptions options) => options with { Debounce = TimeSpan.FromMilliseconds(50) };

    /// <summary>Installs the test plugin under a name, or another version over it, which nobody sees half written.</summary>
    public void Install(string name, string version)
    {
        string folder = Path.Combine(Installed, name);
        if (!Directory.Exists(folder))
        {
            CopyOf("Probe", name);
        }

        string written = Path.Combine(_root, "version.txt");
        File.WriteAllText(written, version);
        File.Move(written, Path.Combine(folder, "version.txt"), overwrite: true);
    }

    /// <summary>Copies a built plugin into the installed ones.</summary>
    public string CopyOf(string plugin, string name)
    {
        string folder = Path.Combine(Installed, name);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Built, plugin)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        return folder;
    }

    public Task<IReadOnlyList<string>> ApplyAsync(params ImmutableArray<PluginSettings> order) =>
        Host.ApplyAsync(new PluginSet(order), CancellationToken.None);

    /// <summary>Runs one probe as the first plugin.</summary>
    public static async Task<PluginBench> WithProbeAsync(PluginSettings settings, Func<PluginHostOptions, PluginHostOptions>? configure = null)
    {
        var bench = new PluginBench(configure);
        bench.Install(settings.Name, "1");
        Assert.Empty(await bench.ApplyAsync(settings));
        return bench;
    }

    /// <summary>Asks the first message check.</summary>
    public ValueTask<RoleAnswer<Verdict>> CheckAsync() => Roles.MessageChecks[0].AskAsync(FakeMessage.Plain, CancellationToken.None);

    public PluginStatus Status(string name = "probe") => Host.List().Single(row => row.Name == name);

    /// <summary>Waits for something that the host does by itself.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(condition, what, pause: 10);

    /// <summary>Waits until the probe has ended what it remembered of so many sessions.</summary>
    public Task UntilEndedAsync(long sessions) =>
        UntilAsync(() => State.Counters.GetValueOrDefault("ended") == sessions, $"{sessions} sessions end, not {State.Counters.GetValueOrDefault("ended")}");

    /// <summary>Waits until only serving versions are in memory.</summary>
    public Task UntilUnloadedAsync() => UntilAsync(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Host.List().All(row => row.VersionsInMemory <= 1);
        },
        $"old versions leave memory: {string.Join("; ", Host.List().Select(row => $"{row.Name} {row.VersionsInMemory} {row.LastUnload}"))}",
        pause: 100); // each look stops every thread of the tests

    public bool Logged(LogLevel level, string text) =>
        Loggers.Lines.Any(line => line.Level == level && line.Text.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private static async Task UntilAsync(Func<bool> condition, string what, int pause)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"not within {Patience}: {what}");
            await Task.Delay(pause);
        }
    }
}

internal static class Answers
{
    /// <summary>The probe's version, as its verdict tells it.</summary>
    public static string Version(this RoleAnswer<Verdict> answer) => answer.Value.Effects is [Effect.Tag tag] ? tag.Name : "none";
}
