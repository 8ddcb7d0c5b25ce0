using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>All of mail.toml. Every table and every key may be left out.</summary>
public sealed record MailServerOptions
{
    /// <summary><c>[server]</c>.</summary>
    public ServerOptions Server { get; init; } = new();

    /// <summary><c>[tls]</c>.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary><c>[[listeners]]</c>.</summary>
    public IReadOnlyList<ListenerOptions> Listeners { get; init; } = ListenerOptions.Defaults;

    /// <summary><c>[store]</c>.</summary>
    public StoreOptions Store { get; init; } = new();

    /// <summary><c>[limits]</c>.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary><c>[authentication]</c>.</summary>
    public AuthenticationOptions Authentication { get; init; } = new();

    /// <summary><c>[dns]</c>.</summary>
    public DnsOptions Dns { get; init; } = new();

    /// <summary><c>[origin]</c>.</summary>
    public OriginOptions Origin { get; init; } = new();

    /// <summary><c>[relay]</c>.</summary>
    public RelayOptions Relay { get; init; } = new();

    /// <summary><c>[[access]]</c>.</summary>
    public IReadOnlyList<AccessOptions> Access { get; init; } = [];

    /// <summary><c>[[header_checks]]</c>.</summary>
    public IReadOnlyList<HeaderCheckOptions> HeaderChecks { get; init; } = [];

    /// <summary><c>[[routes]]</c>.</summary>
    public IReadOnlyList<RouteOptions> Routes { get; init; } = [];

    /// <summary><c>[outbound]</c>.</summary>
    public OutboundOptions Outbound { get; init; } = new();

    /// <summary><c>[queue]</c>.</summary>
    public QueueOptions Queue { get; init; } = new();

    /// <summary><c>[mailboxes]</c>.</summary>
    public MailboxOptions Mailboxes { get; init; } = new();

    /// <summary><c>[spam]</c>.</summary>
    public SpamOptions Spam { get; init; } = new();

    /// <summary><c>[filters]</c>.</summary>
    public FilterOptions Filters { get; init; } = new();

    /// <summary><c>[annotations]</c>.</summary>
    public AnnotationOptions Annotations { get; init; } = new();

    /// <summary><c>[plugins]</c>.</summary>
    public PluginOptions Plugins { get; init; } = new();

    /// <summary><c>[scripts]</c>.</summary>
    public ScriptOptions Scripts { get; init; } = new();

    /// <summary><c>[log]</c>.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary><c>[telemetry]</c>.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Reads all tables; what is wrong goes to the root's report.</summary>
    internal static MailServerOptions Read(TomlSettings root, string folder)
    {
        var reader = new OptionsReader(root, folder);
        var plugins = PluginOptions.Read(reader);
        var options = new MailServerOptions
        {
            Server = ServerOptions.Read(reader),
            Tls = TlsOptions.Read(reader),
            Listeners = ListenerOptions.ReadAll(reader),
            Store = StoreOptions.Read(reader),
            Limits = LimitOptions.Read(reader),
            Authentication = AuthenticationOptions.Read(reader),
            Dns = DnsOptions.Read(reader),
            Origin = OriginOptions.Read(reader),
            Relay = RelayOptions.Read(reader),
            Access = AccessOptions.ReadAll(reader),
            HeaderChecks = HeaderCheckOptions.ReadAll(reader),
            Routes = RouteOptions.ReadAll(reader),
            Outbound = OutboundOptions.Read(reader),
            Queue = QueueOptions.Read(reader),
            Mailboxes = MailboxOptions.Read(reader),
            Spam = SpamOptions.Read(reader),
            Filters = FilterOptions.Read(reader),
            Annotations = AnnotationOptions.Read(reader),
            Plugins = plugins,
            Scripts = ScriptOptions.Read(reader, plugins),
            Log = LogOptions.Read(reader),
            Telemetry = TelemetryOptions.Read(reader),
        };
        options.WarnOfPlainPasswords(root);
        root.ReportUnknownKeys();
        return options;
    }

    private void WarnOfPlainPasswords(TomlSettings root)
    {
        var open = Listeners.FirstOrDefault(static l => l.Authentication && l.Tls != ListenerTls.Implicit && !l.Address.IsLoopback);
        if (!Authentication.RequireTls && open is not null)
        {
            root.GetTable("authentication").Note(
                "require_tls", $"passwords can be sent to {open.Address} without TLS; require_tls = false is meant for loopback", ConfigurationSeverity.Warning);
        }
    }
}
