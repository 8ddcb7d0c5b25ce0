using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Transport;
using ConfiguredListener = PluginMail.Configuration.Options.ListenerOptions;

namespace PluginMail.Server;

/// <summary>The listeners that mail.toml names: started, exchanged on a reload, stopped.</summary>
internal sealed class Listeners(ServerCore core, ServerCertificate certificate) : IAsyncDisposable
{
    private readonly Dictionary<ConfiguredListener, IRunningListener> _running = [];
    private readonly List<Task> _ending = [];
    private volatile RunningProtocol[] _protocols = []; // of _running, for those who ask while it changes
    private readonly ILogger _log = core.Loggers.CreateLogger(LogCategories.Listener);

    /// <summary>Open sessions of mail protocols; those of a listener that was stopped and waits for them are not among them.</summary>
    public IEnumerable<(string Protocol, int Count)> Sessions => _protocols.Select(protocol => (protocol.Name, protocol.Sessions));

    /// <summary>Those that listen, in mail.toml's order.</summary>
    public IReadOnlyList<(ConfiguredListener Options, IPEndPoint EndPoint)> Active =>
        [.. _running.Select(running => (running.Key, running.Value.EndPoint))];

    /// <summary>Makes the running listeners those of the options: new ones start, missing ones stop, the others take the new limits.</summary>
    /// <returns>What went wrong, a line each.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(MailServerOptions options, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        foreach ((ConfiguredListener old, IRunningListener running) in _running.Where(running => !options.Listeners.Contains(running.Key)).ToList())
        {
            _running.Remove(old);
            ServerLog.StoppedListening(_log, running.Name, old.Address.ToString());
            _ending.Add(EndAsync(running, options.Server.Shutdown)); // its address is free at once; its sessions may finish
        }

        foreach (ConfiguredListener listener in options.Listeners)
        {
            if (!_running.TryGetValue(listener, out IRunningListener? running))
            {
                if (await StartAsync(options, listener, cancellationToken) is { } problem)
                {
                    problems.Add(problem);
                }
            }
            else if (!running.Apply(options))
            {
                problems.Add($"{running.Name} on {listener.Address}: limits on connections and handshakes change only when the server starts anew");
            }
        }

        _protocols = [.. _running.Values.OfType<RunningProtocol>()];
        return problems;
    }

    /// <summary>Ends the sessions of an account whose login does not count any more.</summary>
    public void RevokeLogin(EmailAddress account)
    {
        int count = _running.Values.Sum(running => running.RevokeLogin(account.ToString()));
        if (count > 0)
        {
            ServerLog.LoginRevoked(_log, account.ToString(), count);
        }
    }

    /// <summary>Stops all of them at once.</summary>
    public async Task StopAsync(TimeSpan patience) => await Task.WhenAll(_running.Values.Select(running => running.StopAsync(patience)));

    public async ValueTask DisposeAsync()
    {
        foreach (IRunningListener running in _running.Values)
        {
            await running.DisposeAsync();
        }

        await Task.WhenAll(_ending);
    }

    private static async Task EndAsync(IRunningListener listener, TimeSpan patience)
    {
        await listener.StopAsync(patience);
        await listener.DisposeAsync();
    }

    private async Task<string?> StartAsync(MailServerOptions options, ConfiguredListener listener, CancellationToken cancellationToken)
    {
        string name = listener.Protocol.ToString().ToLowerInvariant();
        string address = listener.Address.ToString();
        try
        {
            IRunningListener started = listener.Protocol == ListenerProtocol.Http
                ? await RunningApi.StartAsync(core, certificate, options, listener, cancellationToken)
                : await RunningProtocol.StartAsync(core, certificate, options, listener, cancellationToken);
            _running[listener] = started;
            ServerLog.Listening(_log, started.Name, address, listener.Tls.ToString().ToLowerInvariant());
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            ServerLog.CannotListen(_log, name, address, e.Message);
            return $"{name} cannot listen on {address}: {e.Message}";
        }
    }
}
