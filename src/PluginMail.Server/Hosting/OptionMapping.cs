using PluginMail.Configuration.Options;
using PluginMail.Delivery;
using PluginMail.Dns;
using PluginMail.Imap;
using PluginMail.Pipeline;
using PluginMail.Plugins;
using PluginMail.Pop3;
using PluginMail.Smtp;
using PluginMail.Storage;
using PluginMail.Transport;
using ConfiguredListener = PluginMail.Configuration.Options.ListenerOptions;
using ConfiguredQueue = PluginMail.Configuration.Options.QueueOptions;
using QueueSettings = PluginMail.Queue.QueueOptions;

namespace PluginMail.Server;

/// <summary>mail.toml's options as each part of the server wants them.</summary>
internal static class OptionMapping
{
    public static PipelineOptions ToPipeline(this MailServerOptions options) => new(
        options.Server.Hostname,
        options.Relay.Networks,
        options.Mailboxes.OverQuota == OverQuota.Refuse,
        options.Plugins.StageTime,
        new SpamThresholds(options.Spam.Tag, options.Spam.Junk, options.Spam.Refuse))
    {
        MaximumMessageSize = options.Limits.MessageSize,
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

    public static DeliveryOptions ToDelivery(this MailServerOptions options, bool canSendElsewhere) => new(
        options.Server.Hostname, canSendElsewhere, options.Mailboxes.OverQuota == OverQuota.Refuse)
    {
        RewritesSenders = options.Relay.RewriteSenders,
        AlwaysCopy = [.. options.Mailboxes.AlwaysCopy.Select(ToCopyRule)],
    };

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
            DestinationParallelism = queue.DestinationParallelism,
            DestinationRate = queue.DestinationRate,
            SourceRate = queue.SourceRate,
            MinimumPause = queue.MinimumPause,
            MaximumPause = queue.MaximumPause,
        };
    }

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
        HandshakeTimeout = options.Limits.Handshake,
        MaximumConnectionsPerMinute = options.Limits.ConnectionsPerMinute == 0 ? int.MaxValue : options.Limits.ConnectionsPerMinute,
    };

    public static IReadOnlyList<NewFolder> ToFolders(this MailboxOptions mailboxes) =>
        [.. mailboxes.Folders.Select(folder => new NewFolder(folder.Name, ToSpecialUse(folder.Use)))];

    public static PluginSet ToPlugins(this PluginOptions plugins) => new(
    [
        .. plugins.Order.Select(entry => new PluginSettings(
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
        }),
    ]);

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
