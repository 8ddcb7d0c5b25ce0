using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Transport;

namespace PluginMail.Server;

/// <summary>A server that serves: core, listeners, control socket, reload, and an orderly end.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private static readonly TimeSpan ReclaimPeriod = TimeSpan.FromMinutes(10);
    private readonly ServerLogging _logging;
    private readonly ConfigurationWatcher _watcher;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private ControlServer? _control;
    private Task _reclaiming = Task.CompletedTask;

    private MailServer(string path, ServerCore core, Listeners listeners, ServerCertificate certificate, ServerLogging logging)
    {
        Core = core;
        Listeners = listeners;
        Certificate = certificate;
        _logging = logging;
        _log = logging.Loggers.CreateLogger("server");
        _watcher = new ConfigurationWatcher(path, core.Options, result => _ = TakeOverAsync(result), core.Clock);
    }

    public ServerCore Core { get; }

    public Listeners Listeners { get; }

    public ServerCertificate Certificate { get; }

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
        try
        {
            ServerCertificate certificate = LoadCertificate(options, core);
            server = new MailServer(path, core, new Listeners(core, certificate), certificate, logging);
            List<string> problems = [.. await core.StartPluginsAsync(cancellationToken)];
            if (problems.Count == 0)
            {
                problems.AddRange(await server.Listeners.ApplyAsync(options, cancellationToken));
            }

            if (problems.Count == 0)
            {
                server._control = ControlServer.Start(core.Data.ControlSocket, server.RunControlAsync, logging.Loggers.CreateLogger("control"));
                core.StartQueue();
                server._reclaiming = Task.Run(server.ReclaimAsync, CancellationToken.None);
                return (server, []);
            }

            await server.DisposeAsync();
            return (null, problems);
        }
        catch
        {
            await (server?.DisposeAsync() ?? core.DisposeAsync());
            throw;
        }
    }

    /// <summary>Serves until a signal or the token ends it. SIGHUP reads mail.toml again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
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

    private Task<AdminResponse> RunControlAsync(AdminRequest request, CancellationToken cancellationToken) =>
        AdminOperations.RunAsync(new AdminServices(Core, Listeners, () => _watcher.Reload()), request, cancellationToken);

    private static ServerCertificate LoadCertificate(MailServerOptions options, ServerCore core)
    {
        (string certificate, string key) = CertificatePaths(options, core.Data);
        if (options.Tls.Certificate.Length == 0)
        {
            ServerCertificate.EnsureSelfSigned(certificate, key, options.Server.Hostname, core.Clock.GetUtcNow());
        }

        return ServerCertificate.Load(certificate, key);
    }

    private static (string Certificate, string Key) CertificatePaths(MailServerOptions options, DataFolder data) =>
        options.Tls.Certificate.Length > 0
            ? (options.Tls.Certificate, options.Tls.Key)
            : (Path.Combine(data.Tls, "certificate.pem"), Path.Combine(data.Tls, "key.pem"));

    private async Task TakeOverAsync(ConfigurationResult result)
    {
        await _applying.WaitAsync();
        try
        {
            if (!result.IsUsable)
            {
                ServerLog.NotReloaded(_log, string.Join('\n', result.Errors));
                return;
            }

            _logging.SetLevels(result.Options.Log);
            ReloadCertificate(result.Options);
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
        }
        catch (Exception e)
        {
            ServerLog.NotReloaded(_log, e.ToString());
        }
        finally
        {
            _applying.Release();
        }
    }

    private void ReloadCertificate(MailServerOptions options)
    {
        (string certificate, string key) = CertificatePaths(options, Core.Data);
        try
        {
            Certificate.Reload(certificate, key);
            ServerLog.Certificate(_log, Certificate.Description);
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            ServerLog.CertificateNotRead(_log, e.Message);
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
                    await Core.Store.Maintenance.ReclaimAsync(_stopping.Token);
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
