using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.MailAuth;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>What checks and signs the origin of messages, put together: keys, authentication, the rows of DMARC reports and their sender.</summary>
internal sealed class OriginParts
{
    private readonly Func<MailServerOptions> _options;
    private readonly IDnsResolver _dns;
    private readonly TimeProvider _clock;
    private readonly DmarcReporter _reporter;

    public OriginParts(
        DataFolder data, Func<MailServerOptions> options, IDnsResolver dns, Func<ISubmission> submission, TimeProvider clock, ILoggerFactory loggers)
    {
        _options = options;
        _dns = dns;
        _clock = clock;
        Dkim = new DkimKeys(data.Dkim, clock);
        ILogger log = loggers.CreateLogger(LogCategories.Queue);
        var rows = new DmarcRows(data.DmarcRows, log);
        Check = new OriginCheck(Authentication, new MessageSigner(Dkim, clock), rows, () => options().ToOrigin());
        Sealer = new ForwardSealer(new ArcSealer(clock), Dkim, () => options().Server.Hostname, () => options().ToOrigin());
        _reporter = new DmarcReporter(rows, dns, submission, () => options().Server.Hostname, clock, log);
    }

    /// <summary>What plugins ask.</summary>
    public ISenderPolicy SenderPolicy => new SenderPolicyCheck(Authentication);

    /// <summary>The keys of the domains.</summary>
    public DkimKeys Dkim { get; }

    /// <summary>What the Message stage asks.</summary>
    public IOriginCheck Check { get; }

    /// <summary>Seals what is sent on elsewhere.</summary>
    public IForwardSealer Sealer { get; }

    /// <summary>Sends DMARC reports until it is told to stop.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _reporter.RunAsync(cancellationToken);

    private MailAuthentication Authentication()
    {
        MailServerOptions options = _options();
        return new MailAuthentication(
            _dns, _clock, new MailAuthenticationOptions { AuthservId = options.Server.Hostname, Timeout = options.Origin.Time });
    }
}
