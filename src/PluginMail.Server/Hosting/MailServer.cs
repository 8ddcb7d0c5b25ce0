using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary>A server that serves: core, listeners, control socket, reload, and an orderly end.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private static readonly TimeSpan ReclaimPeriod = TimeSpan.FromMinutes(10);
    private readonly string _path;
    private readonly ServerLogging _logging;
    private readonly ConfigurationWatcher _watcher;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly IDisposable _figures;
    private ControlServer? _control;
    private Task _reclaiming = Task.CompletedTask;
    private Task<IReadOnlyList<string>> _takingOver = Task.FromResult<IReadOnlyList<string>>([]);

    private MailServer(string path, ServerCore core, Listeners listeners, TlsFiles tls, ServerLogging logging)
    {
        _path = path;
        Core = core;
        Listeners = listeners;
        Tls = tls;
        _logging = logging;
        _log = logging.Loggers.CreateLogger(LogCategories.Server);
        _figures = ServerMetrics.Show(() => listeners.Sessions);
        _watcher = new ConfigurationWatcher(path, core.Options, result => _takingOver = TakeOverAsync(result), core.Clock);
    }

    public ServerCore Core { get; }

    public Listeners Listeners { get; }

    public TlsFiles Tls { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="path">mail.toml.</param>
    /// <param name="options">What it says.</param>
    /// <param name="logging">The log.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The server, or what went wrong, a line each.</returns>
    public static async Task<(MailServer? Server, IReadOnlyList<string> Problems)> StartAsync(
        string path, MailServerOptions options, ServerLogging logging, TimeProvider clock, CancellationToken cancellationToken)
    {
        ServerCore core = await ServerCore.OpenAsync(options, clock, logging.Loggers, cancellationToken);
        MailServer? server = null;
        bool isApplying = false;
        try
        {
            TlsFiles tls = TlsFiles.Load(options, core.Data, core.Clock, logging.Loggers.CreateLogger(LogCategories.Server));
            server = new MailServer(path, core, new Listeners(core, tls.Certificate), tls, logging);
            server.CheckDataFolder();
            await server._applying.WaitAsync(cancellationToken); // a reload waits until all has started
            isApplying = true;
            core.PluginInstallation.Recover();
            List<string> problems = [.. core.StartTelemetry(), .. await core.StartPluginsAsync(cancellationToken)];
            if (problems.Count == 0)
            {
                problems.AddRange(await server.Listeners.ApplyAsync(options, cancellationToken));
            }

            if (problems.Count == 0)
            {
                server._control = ControlServer.Start(core.Data.ControlSocket, server.RunControlAsync, logging.Loggers.CreateLogger(LogCategories.Control));
                core.StartQueue();
                server._reclaiming = Task.Run(server.ReclaimAsync, CancellationToken.None);
                server._applying.Release();
                return (server, []);
            }

            isApplying = false;
            server._applying.Release();
            await server.DisposeAsync();
            return (null, problems);
        }
        catch
        {
            if (isApplying)
            {
                server!._applying.Release();
            }

            await (server?.DisposeAsync() ?? core.DisposeAsync());
            throw;
        }
    }

    /// <summary>Serves until a signal or the token ends it. SIGHUP reads mail.toml again.</summary>
    /// <param name="announce">Tells people that it serves, which is when a signal is heard.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<Task> announce, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _watcher.Reload();
        });
        await using CancellationTokenRegistration registration = cancellationToken.Register(() => end.TrySetResult());
        await announce();
        await end.Task;
        ServerLog.Stopping(_log);
        await Listeners.StopAsync(Core.Options.Server.Shutdown);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _watcher.Dispose();
        _figures.Dispose();
        Tls.Dispose();
        await _takingOver;
        await _stopping.CancelAsync();
        await _reclaiming;
        if (_control is not null)
        {
            await _control.DisposeAsync();
        }

        await Listeners.DisposeAsync();
        await Core.DisposeAsync();
        _applying.Dispose();
        _stopping.Dispose();
    }

    private void CheckDataFolder()
    {
        if (Core.Data.IsOpenToOthers)
        {
            ServerLog.DataFolderOpen(_log, Core.Data.Root);
        }
    }

    private Task<AdminResponse> RunControlAsync(AdminRequest request, ReportProgress progress, CancellationToken cancellationToken) =>
        AdminOperations.RunAsync(
            new AdminServices(Core, Listeners, ReloadAsync) { Progress = progress, ConfigurationPath = _path }, request, cancellationToken);

    private async Task<(ConfigurationResult Result, IReadOnlyList<string> Problems)> ReloadAsync()
    {
        ConfigurationResult result = _watcher.Reload();
        return (result, await _takingOver);
    }

    /// <returns>What is not in force, a line each.</returns>
    private async Task<IReadOnlyList<string>> TakeOverAsync(ConfigurationResult result)
    {
        await _applying.WaitAsync();
        try
        {
            if (!result.IsUsable)
            {
                ServerLog.NotReloaded(_log, string.Join('\n', result.Errors));
                ServerMetrics.Reloaded("refused");
                return [];
            }

            _logging.SetLevels(result.Options.Log);
            Tls.Apply(result.Options);
            IReadOnlyList<string> problems =
            [
                .. await Core.ApplyAsync(result.Options, CancellationToken.None),
                .. await Listeners.ApplyAsync(result.Options, CancellationToken.None),
            ];
            foreach (string problem in problems)
            {
                ServerLog.ReloadProblem(_log, problem);
            }

            ServerLog.Reloaded(_log);
            ServerMetrics.Reloaded(problems.Count == 0 ? "applied" : "partly");
            return problems;
        }
        catch (Exception e)
        {
            ServerLog.NotReloaded(_log, e.ToString());
            ServerMetrics.Reloaded("refused");
            return [e.Message];
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task ReclaimAsync()
    {
        using var timer = new PeriodicTimer(ReclaimPeriod, Core.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    await Core.ReclaimAsync(_stopping.Token);
                }
                catch (IOException e)
                {
                    ServerLog.ReclaimFailed(_log, e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
