using System.Net;
using PluginMail.Configuration.Options;
using PluginMail.Imap;
using PluginMail.Pop3;
using PluginMail.Smtp;
using PluginMail.Transport;
using ConfiguredListener = PluginMail.Configuration.Options.ListenerOptions;

namespace PluginMail.Server;

/// <summary>A listener of a mail protocol.</summary>
internal sealed class RunningProtocol : IRunningListener
{
    private readonly ServerCore _core;
    private readonly ConfiguredListener _configured;
    private readonly Transport.ListenerOptions _options;
    private readonly ReloadableProtocol _protocol;
    private readonly MailListener _listener;

    private RunningProtocol(
        ServerCore core, ConfiguredListener configured, Transport.ListenerOptions options, ReloadableProtocol protocol, MailListener listener)
    {
        _core = core;
        _configured = configured;
        _options = options;
        _protocol = protocol;
        _listener = listener;
    }

    public string Name => _protocol.Name;

    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>How many connections are open.</summary>
    public int Sessions => _listener.Connections;

    public static async Task<IRunningListener> StartAsync(
        ServerCore core, ServerCertificate certificate, MailServerOptions options, ConfiguredListener configured, CancellationToken cancellationToken)
    {
        var protocol = new ReloadableProtocol(Speak(core, options, configured));
        Transport.ListenerOptions settings = options.ToListener(configured);
        MailListener listener = await MailListener.StartAsync(settings, protocol, certificate, core.Clock, core.Loggers, cancellationToken);
        return new RunningProtocol(core, configured, settings, protocol, listener);
    }

    public bool Apply(MailServerOptions options)
    {
        _protocol.Replace(Speak(_core, options, _configured));
        return options.ToListener(_configured) == _options;
    }

    public int RevokeLogin(string account) => _listener.RevokeLogin(account);

    public Task StopAsync(TimeSpan patience) => _listener.StopAsync(patience);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static IProtocolServer Speak(ServerCore core, MailServerOptions options, ConfiguredListener listener) => listener.Protocol switch
    {
        ListenerProtocol.Imap => new ImapServer(
            core.Store, core.SignIn, core.MailboxEvents, options.ToImap(), core.Clock, core.Loggers.CreateLogger(LogCategories.Imap))
        {
            Scripts = core.MailboxScripts,
        },
        ListenerProtocol.Pop3 => new Pop3Server(
            core.Store, core.SignIn, core.MailboxEvents, options.ToPop3(), core.Clock, core.Loggers.CreateLogger(LogCategories.Pop3)),
        _ => new SmtpServer(options.ToSmtp(listener), core.Sessions, core.SignIn, core.Clock, core.Loggers.CreateLogger(LogCategories.Smtp)),
    };

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
