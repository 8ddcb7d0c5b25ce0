using Microsoft.Extensions.Logging;
using PluginMail.Plugins.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Reloading;

/// <summary>Whatever a version does, it is stopped, disposed and let go of; and a start that failed leaves nothing running.</summary>
public sealed class ClosingTests
{
    [Theory]
    [InlineData("made-assembly")]
    [InlineData("streamed-assembly")]
    public async Task A_version_with_an_assembly_without_a_file_is_listed_and_closed_as_any_other(string start)
    {
        await using var bench = new PluginBench();
        using var listener = new ProbeListener();
        bench.Install("probe", listener.Version);
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("probe", ("start", start), ("roles", new[] { "message_check", "background" }))));
        Assert.True(bench.Status().CodeOctets > 0);
        await PluginBench.UntilAsync(() => bench.State.Counters.GetValueOrDefault("runs") == 1, "its background service runs");
        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => listener.Count("disposing") == 1, "it is disposed");
        Assert.Equal(1, bench.State.Counters["stops"]);
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Level >= LogLevel.Warning);
        await bench.UntilUnloadedAsync();
    }

    [Theory]
    [InlineData("throw", "telling it to stop: ProbeException: stop failed")]
    [InlineData("block", "telling it to stop: TimeoutException")]
    public async Task A_version_whose_stop_fails_is_disposed_all_the_same(string stop, string fault)
    {
        await using var bench = new PluginBench(options => options with { StopLimit = TimeSpan.FromSeconds(1) });
        using var listener = new ProbeListener();
        bench.Install("probe", listener.Version);
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("probe", ("stop", stop))));
        bench.Install("probe", "2");
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        await PluginBench.UntilAsync(() => bench.Logged(LogLevel.Warning, "did not stop cleanly"), "the fault is told");
        Assert.Equal(1, listener.Count("disposing"));
        Assert.True(bench.Logged(LogLevel.Warning, fault));
    }

    [Fact]
    public async Task A_constructor_that_comes_back_too_late_is_disposed_and_never_started()
    {
        await using var bench = new PluginBench(options => options with { StartLimit = TimeSpan.FromMilliseconds(100) });
        using var listener = new ProbeListener(holdAt: "constructing");
        bench.Install("probe", listener.Version);
        Assert.Contains("did not start within", Assert.Single(await bench.ApplyAsync(DictionarySettings.For("probe"))), StringComparison.Ordinal);
        listener.LetGo();
        await PluginBench.UntilAsync(() => listener.Count("disposing") > 0, "it is disposed");
        await UntilGoneAsync(bench);
        Assert.Equal(["constructing", "disposing"], listener.Heard);
    }

    [Fact]
    public async Task A_start_that_comes_back_too_late_is_disposed_once_more()
    {
        await using var bench = new PluginBench(options => options with { StartLimit = TimeSpan.FromMilliseconds(500) });
        using var listener = new ProbeListener(holdAt: "starting");
        bench.Install("probe", listener.Version);
        Assert.Contains("did not start within", Assert.Single(await bench.ApplyAsync(DictionarySettings.For("probe"))), StringComparison.Ordinal);
        Assert.Equal(["constructing", "starting", "disposing"], listener.Heard);
        listener.LetGo();
        await PluginBench.UntilAsync(() => listener.Count("disposing") == 2, "it is disposed once more");
        Assert.Equal(["constructing", "starting", "disposing", "started", "disposing"], listener.Heard);
        await UntilGoneAsync(bench);
    }

    [Fact]
    public async Task Versions_that_were_started_are_closed_where_another_ends_the_change()
    {
        await using var bench = new PluginBench(services: services => services with { Loggers = new FailingLoggers() });
        using var listener = new ProbeListener();
        bench.Install("probe", listener.Version);
        var thrown = await Assert.ThrowsAsync<IOException>(() => bench.ApplyAsync(DictionarySettings.For("probe"), DictionarySettings.For("missing")));
        Assert.Equal("no space for the log", thrown.Message);
        Assert.Equal(1, listener.Count("started"));
        Assert.Equal(1, listener.Count("disposing"));
        Assert.Empty(bench.Host.List());
    }

    /// <summary>Waits until a version that failed to start has left memory.</summary>
    private static Task UntilGoneAsync(PluginBench bench) => PluginBench.UntilAsync(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return bench.Status().VersionsInMemory == 0;
        },
        "it leaves memory");

    /// <summary>A log that cannot take an error.</summary>
    private sealed class FailingLoggers : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error)
            {
                throw new IOException("no space for the log");
            }
        }

        public void Dispose()
        {
        }
    }
}
