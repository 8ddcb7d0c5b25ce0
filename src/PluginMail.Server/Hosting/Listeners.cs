using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.Imap;
using PluginMail.Pop3;
using PluginMail.Smtp;
using PluginMail.Transport;
using ConfiguredListener = PluginMail.Configuration.Options.ListenerOptions;

namespace PluginMail.Server;

/// <summary>The listeners that mail.toml names: started, exchanged on a reload, stopped.</summary>
internal sealed class Listeners(ServerCore core, ServerCertificate certificate) : IAsyncDisposable
{
    private readonly Dictionary<ConfiguredListener, Running> _running = [];
    private readonly List<Task> _ending = [];
    private readonly ILogger _log = core.Loggers.CreateLogger(LogCategories.Listener);

    /// <summary>Those that listen, in mail.toml's order.</summary>
    public IReadOnlyList<(ConfiguredListener Options, IPEndPoint EndPoint)> Active =>
        [.. _running.Select(running => (running.Key, running.Value.Listener.EndPoint))];

    /// <summary>Makes the running listeners those of the options: new ones start, missing ones stop, the others take the new limits.</summary>
    /// <returns>What went wrong, a line each.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(MailServerOptions options, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        foreach ((ConfiguredListener old, Running running) in _running.Where(running => !options.Listeners.Contains(running.Key)).ToList())
        {
            _running.Remove(old);
            ServerLog.StoppedListening(_log, running.Listener.Protocol, old.Address.ToString());
            _ending.Add(EndAsync(running.Listener, options.Server.Shutdown)); // its address is free at once; its sessions may finish
        }

        foreach (ConfiguredListener listener in options.Listeners)
        {
            IProtocolServer protocol = Speak(options, listener);
            if (_running.TryGetValue(listener, out Running? running))
            {
                running.Protocol.Replace(protocol);
                if (options.ToListener(listener) != running.Options)
                {
                    problems.Add($"{protocol.Name} on {listener.Address}: limits on connections and handshakes change only when the server starts anew");
                }

                continue;
            }

            if (await StartAsync(options, listener, protocol, cancellationToken) is { } problem)
            {
                problems.Add(problem);
            }
        }

        return problems;
    }

    /// <summary>Ends the sessions of an account whose login does not count any more.</summary>
    public void RevokeLogin(EmailAddress account)
    {
        int count = _running.Values.Sum(running => running.Listener.RevokeLogin(account.ToString()));
        if (count > 0)
        {
            ServerLog.LoginRevoked(_log, account.ToString(), count);
        }
    }

    /// <summary>Stops all of them at once.</summary>
    public async Task StopAsync(TimeSpan patience) => await Task.WhenAll(_running.Values.Select(running => running.Listener.StopAsync(patience)));

    public async ValueTask DisposeAsync()
    {
        foreach (Running running in _running.Values)
        {
            await running.Listener.DisposeAsync();
        }

        await Task.WhenAll(_ending);
    }

    private static async Task EndAsync(MailListener listener, TimeSpan patience)
    {
        await listener.StopAsync(patience);
        await listener.DisposeAsync();
    }

    private async Task<string?> StartAsync(
        MailServerOptions options, ConfiguredListener listener, IProtocolServer protocol, CancellationToken cancellationToken)
    {
        var reloadable = new ReloadableProtocol(protocol);
        string address = listener.Address.ToString();
        try
        {
            Transport.ListenerOptions settings = options.ToListener(listener);
            MailListener started = await MailListener.StartAsync(
                settings, reloadable, certificate, core.Clock, core.Loggers, cancellationToken);
            _running[listener] = new Running(started, reloadable, settings);
            ServerLog.Listening(_log, protocol.Name, address, listener.Tls.ToString().ToLowerInvariant());
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            ServerLog.CannotListen(_log, protocol.Name, address, e.Message);
            return $"{protocol.Name} cannot listen on {address}: {e.Message}";
        }
    }

    private IProtocolServer Speak(MailServerOptions options, ConfiguredListener listener) => listener.Protocol switch
    {
        ListenerProtocol.Imap => new ImapServer(
            core.Store, core.SignIn, core.MailboxEvents, options.ToImap(), core.Clock, core.Loggers.CreateLogger(LogCategories.Imap)),
        ListenerProtocol.Pop3 => new Pop3Server(
            core.Store, core.SignIn, core.MailboxEvents, options.ToPop3(), core.Clock, core.Loggers.CreateLogger(LogCategories.Pop3)),
        _ => new SmtpServer(options.ToSmtp(listener), core.Sessions, core.SignIn, core.Clock, core.Loggers.CreateLogger(LogCategories.Smtp)),
    };

    private sealed record Running(MailListener Listener, ReloadableProtocol Protocol, Transport.ListenerOptions Options);

    /// <summary>A protocol whose settings can be exchanged; open sessions keep theirs.</summary>
    private sealed class ReloadableProtocol(IProtocolServer current) : IProtocolServer
    {
        private volatile IProtocolServer _current = current;

        public string Name => _current.Name;

        public ReadOnlyMemory<byte> TooManyConnections => _current.TooManyConnections;

        public void Replace(IProtocolServer next) => _current = next;

        public Task ServeAsync(MailConnection connection, CancellationToken cancellationToken) =>
            _current.ServeAsync(connection, cancellationToken);
    }
}
