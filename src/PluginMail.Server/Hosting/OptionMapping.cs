using System.Globalization;
using System.Net.Sockets;
using PluginMail.Configuration.Options;
using PluginMail.Delivery;
using PluginMail.Dns;
using PluginMail.Filters.Evaluation;
using PluginMail.Imap;
using PluginMail.Pipeline;
using PluginMail.Plugins;
using PluginMail.Pop3;
using PluginMail.Smtp;
using PluginMail.SmtpClient;
using PluginMail.Storage;
using PluginMail.Transport;
using ConfiguredListener = PluginMail.Configuration.Options.ListenerOptions;
using ConfiguredQueue = PluginMail.Configuration.Options.QueueOptions;
using QueueSettings = PluginMail.Queue.QueueOptions;

namespace PluginMail.Server;

/// <summary>mail.toml's options as each part of the server wants them.</summary>
internal static class OptionMapping
{
    public static PipelineOptions ToPipeline(this MailServerOptions options, MailRules rules) => new(
        options.Server.Hostname,
        options.Relay.Networks,
        options.Mailboxes.OverQuota == OverQuota.Refuse,
        options.Plugins.StageTime,
        new SpamThresholds(options.Spam.Tag, options.Spam.Junk, options.Spam.Refuse))
    {
        MaximumMessageSize = options.Limits.MessageSize,
        Access = rules.Access,
        HeaderRules = rules.Headers,
        AlwaysAccept = new AccessList(options.Relay.AlwaysAccept),
        AlwaysRefuse = new AccessList(options.Relay.AlwaysRefuse),
        Traffic = new TrafficOptions
        {
            MessagesPerMinute = options.Limits.MessagesPerMinute,
            RecipientsPerHour = options.Limits.RecipientsPerHour,
            UnknownRecipients = options.Limits.UnknownRecipients,
            UnknownRecipientDelay = options.Limits.UnknownRecipientDelay,
        },
    };

    public static PluginMail.Pipeline.OriginOptions ToOrigin(this MailServerOptions options) => new()
    {
        IsEnabled = options.Origin.Check,
        Exempt = options.Origin.Exempt,
        Dmarc = options.Origin.Dmarc switch
        {
            DmarcMode.None => DmarcEnforcement.None,
            DmarcMode.Junk => DmarcEnforcement.Junk,
            _ => DmarcEnforcement.Enforce,
        },
        RefusesSpfFail = options.Origin.RefuseSpfFail,
        TrustedSealers = options.Origin.TrustedSealers,
        SealsForwarded = options.Origin.ArcSeal,
        KeepsReportRows = options.Origin.DmarcReports,
    };

    public static DeliveryOptions ToDelivery(this MailServerOptions options) => new(
        options.Server.Hostname, CanSendElsewhere: true, options.Mailboxes.OverQuota == OverQuota.Refuse)
    {
        Annotations = new ServerAnnotations(options.Annotations.Entries),
        RewritesSenders = options.Relay.RewriteSenders,
        AlwaysCopy = [.. options.Mailboxes.AlwaysCopy.Select(ToCopyRule)],
        Filters = FilterLimits.Default with { Redirects = options.Filters.MaximumRedirects, Actions = options.Filters.MaximumActions },
        Events = new EventOptions
        {
            Rules = [.. options.Filters.Events.Select(ToEventRule)],
            Wait = options.Filters.EventWait,
            Expunges = options.Filters.ExpungesOnEvents,
        },
    };

    public static ServerFilterFiles ToServerFilters(this MailServerOptions options) =>
        new(options.Filters.Before, options.Filters.After, options.Filters.Global)
        {
            OnEvents = [.. options.Filters.Events.SelectMany(one => one.Before.Concat(one.After)).Distinct()],
        };

    private static EventRule ToEventRule(FilterEventOptions one) => new(
        one.Mailbox,
        one.From,
        [.. one.Causes.Select(static cause => cause switch
        {
            FilterEventCause.Append => MailboxCause.Append,
            FilterEventCause.Copy => MailboxCause.Copy,
            _ => MailboxCause.Flag,
        })],
        [.. one.Before],
        [.. one.After]);

    private static CopyRule ToCopyRule(AlwaysCopyOptions copy) => new(
        copy.Of, copy.Direction != CopyDirection.Outgoing, copy.Direction != CopyDirection.Incoming, AddressOf(copy.To));

    // Checked when mail.toml was read.
    private static Abstractions.EmailAddress AddressOf(string text) =>
        Abstractions.EmailAddress.TryParse(text, out Abstractions.EmailAddress? address) ? address : throw new ArgumentException(text, nameof(text));

    public static ResolverOptions ToResolver(this MailServerOptions options) => new()
    {
        Servers = options.Dns.Servers,
        TryTime = options.Dns.Timeout,
        Attempts = options.Dns.Attempts,
        TimeLimit = options.Dns.TimeLimit,
        TrustsAuthenticData = options.Dns.TrustAd,
        CacheSize = options.Dns.Cache,
    };

    public static QueueSettings ToQueue(this MailServerOptions options)
    {
        ConfiguredQueue queue = options.Queue;
        return new QueueSettings(options.Server.Hostname, queue.Retry, queue.BounceAfter, queue.Parallelism)
        {
            WarnAfter = queue.WarnAfter,
            LargestReturned = queue.BounceSize,
            DestinationParallelism = queue.DestinationParallelism,
            DestinationRate = queue.DestinationRate,
            SourceRate = queue.SourceRate,
            MinimumPause = queue.MinimumPause,
            MaximumPause = queue.MaximumPause,
        };
    }

    public static SmtpClientOptions ToSmtpClient(this MailServerOptions options) => new(options.Server.Hostname)
    {
        Routes = new RouteTable(
            options.Routes.Select(route => new DomainRoute(ToAscii(route.Domain), ToRoute(route.Host))), ToRoute(options.Relay.Smarthost)),
        Port = options.Outbound.Port,
        SourceIPv4 = options.Outbound.BindFor(AddressFamily.InterNetwork),
        SourceIPv6 = options.Outbound.BindFor(AddressFamily.InterNetworkV6),
        OwnEndPoints = [.. options.Listeners.Where(listener => listener.Protocol == ListenerProtocol.Smtp).Select(listener => listener.Address.EndPoint)],
        MaximumIdleConnections = options.Outbound.IdleConnections,
        IdleTime = options.Outbound.IdleTime,
    };

    public static SignInOptions ToSignIn(this MailServerOptions options, byte[] decoyKey) => new()
    {
        DefaultDomain = options.Authentication.DefaultDomain,
        Mechanisms = options.Authentication.Mechanisms,
        RequiresTls = options.Authentication.RequireTls,
        Iterations = options.Authentication.Iterations,
        LoginCache = options.Authentication.LoginCache,
        LoginCacheTime = options.Authentication.LoginCacheTime,
        FailureWindow = options.Authentication.FailureWindow,
        FailuresPerAddress = options.Authentication.FailuresPerAddress,
        FirstDelay = options.Authentication.FailureDelay,
        MaximumDelay = options.Authentication.FailureDelayMaximum,
        DecoyKey = decoyKey,
    };

    public static SmtpOptions ToSmtp(this MailServerOptions options, ConfiguredListener listener) =>
        SmtpOptions.For(FlavourOf(listener.Protocol), options.Server.Hostname) with
        {
            MaximumMessageSize = options.Limits.MessageSize,
            MaximumRecipients = options.Limits.Recipients,
            MaximumErrors = options.Limits.Errors,
            CommandTimeout = options.Limits.SmtpIdle,
            SessionTimeout = options.Limits.SmtpSession,
            LoginTimeout = options.Limits.LoginTime,
            TlsTimeout = options.Limits.Handshake,
            OffersAuth = listener.Authentication || listener.Protocol == ListenerProtocol.Submission,
        };

    private static SmtpFlavour FlavourOf(ListenerProtocol protocol) => protocol switch
    {
        ListenerProtocol.Submission => SmtpFlavour.Submission,
        ListenerProtocol.Lmtp => SmtpFlavour.Lmtp,
        _ => SmtpFlavour.Smtp,
    };

    public static ImapOptions ToImap(this MailServerOptions options) => new()
    {
        Hostname = options.Server.Hostname,
        Autologout = options.Limits.ImapIdle,
        LoginTimeout = options.Limits.LoginTime,
        HandshakeTimeout = options.Limits.Handshake,
        MaximumMessageSize = options.Limits.MessageSize,
        MaximumErrors = options.Limits.Errors,
        Annotations = new ServerAnnotations(options.Annotations.Entries),
    };

    public static Pop3Options ToPop3(this MailServerOptions options) => new()
    {
        IdleTimeout = options.Limits.Pop3Idle,
        SignInTimeout = options.Limits.LoginTime,
        HandshakeTimeout = options.Limits.Handshake,
        MaximumErrors = options.Limits.Errors,
    };

    public static Transport.ListenerOptions ToListener(this MailServerOptions options, ConfiguredListener listener) => new(
        listener.Address.EndPoint,
        listener.Tls switch
        {
            ListenerTls.Implicit => TlsMode.Implicit,
            ListenerTls.Starttls => TlsMode.StartTls,
            _ => TlsMode.None,
        },
        options.Limits.Connections,
        options.Limits.ConnectionsPerAddress == 0 ? int.MaxValue : options.Limits.ConnectionsPerAddress)
    {
        SocketPath = listener.Address.Path,
        SocketMode = listener.Mode,
        HandshakeTimeout = options.Limits.Handshake,
        MaximumConnectionsPerMinute = options.Limits.ConnectionsPerMinute == 0 ? int.MaxValue : options.Limits.ConnectionsPerMinute,
    };

    public static NewAccountOptions ToNewAccounts(this MailServerOptions options) => new()
    {
        Folders = [.. options.Mailboxes.Folders.Select(folder => new NewFolder(folder.Name, ToSpecialUse(folder.Use)))],
        Unsubscribed = [.. options.Mailboxes.Folders.Where(folder => !folder.Subscribed).Select(folder => folder.Name)],
        QuotaOctets = options.Mailboxes.Quota,
        OnDemand = options.Mailboxes.OnDemand,
    };

    public static PluginSet ToPlugins(this MailServerOptions options) => new(
    [
        .. options.Plugins.Order.Select(ToPlugin),
        .. options.Scripts.Order.Select(ToPlugin),
    ]);

    public static PluginSettings ToPlugin(this ScriptEntry script) => script.Plugin.ToPlugin() with
    {
        Script = script.Path,
        Fingerprint = $"{script.Path} {script.Plugin.Fingerprint}",
    };

    public static PluginSettings ToPlugin(this PluginEntry entry) => new(
        entry.Name,
        entry.OpenSettings,
        settings =>
        {
            var table = (Configuration.Settings.TomlSettings)settings;
            table.ReportUnknownKeys();
            return [.. table.Findings.Select(finding => finding.ToString())];
        },
        entry.Fingerprint)
    {
        OnFault = (OnFault)entry.OnFault,
        TimeLimit = entry.TimeLimit,
        Concurrency = entry.Concurrency,
        FaultLimit = entry.FaultLimit,
        FaultPause = entry.FaultPause,
    };

    private static RelayRoute? ToRoute(RelayHost? host) => host is null ? null : new RelayRoute(host.Host, host.Port)
    {
        Protocol = host.Protocol == RelayProtocol.Lmtp ? OutboundProtocol.Lmtp : OutboundProtocol.Smtp,
        Tls = (RouteTls)host.Tls,
        VerifiesCertificate = host.Verify,
        Credentials = host.User.Length == 0 ? null : new RelayCredentials(host.User, host.Password.Value),
    };

    private static string ToAscii(string domain) => domain.StartsWith('.') ? $".{ToAscii(domain[1..])}" : new IdnMapping().GetAscii(domain);

    private static SpecialUse ToSpecialUse(FolderUse use) => use switch
    {
        FolderUse.Archive => SpecialUse.Archive,
        FolderUse.Drafts => SpecialUse.Drafts,
        FolderUse.Junk => SpecialUse.Junk,
        FolderUse.Sent => SpecialUse.Sent,
        FolderUse.Trash => SpecialUse.Trash,
        _ => SpecialUse.None,
    };
}
