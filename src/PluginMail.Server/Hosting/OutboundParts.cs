using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Configuration.Options;
using PluginMail.SmtpClient;

namespace PluginMail.Server;

/// <summary>What brings mail to other servers, put together: the SMTP client, the policies of its TLS, and the reports about it.</summary>
internal sealed class OutboundParts : IAsyncDisposable
{
    private readonly OutboundTlsPolicies _policies;
    private readonly TlsResults _results;
    private readonly TlsReporter _reporter;
    private volatile SmtpClientOptions _options;

    public OutboundParts(
        MailServerOptions options, IDnsResolver dns, IStateStore state, Func<ISubmission> submission, Func<string> hostname, TimeProvider clock, ILogger log)
    {
        _options = options.ToSmtpClient();
        _results = new TlsResults(dns, state, clock, log);
        _policies = new OutboundTlsPolicies(dns, new StatePolicyCache(state, clock), _results, clock, log);
        Transport = new SmtpTransport(dns, _policies, () => _options, clock, log);
        _reporter = new TlsReporter(
            dns,
            _results,
            () => new TlsReportSender(hostname(), hostname(), new EmailAddress("postmaster", hostname())),
            (mail, cancellationToken) => SendAsync(submission(), mail, cancellationToken),
            clock,
            log);
    }

    /// <summary>The SMTP client.</summary>
    public SmtpTransport Transport { get; }

    /// <summary>Takes new settings over.</summary>
    public void Apply(MailServerOptions options) => _options = options.ToSmtpClient();

    /// <summary>Sends TLS reports until it is told to stop.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _reporter.RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        _reporter.Dispose();
        _policies.Dispose();
    }

    private static async ValueTask<bool> SendAsync(ISubmission submission, TlsReportMail mail, CancellationToken cancellationToken)
    {
        var message = new SubmittedMessage(new Envelope(null, [mail.To]), new MemoryContent(mail.Message.ToArray()), Direction.Outgoing);
        return await submission.SubmitAsync(message, mail.Key, cancellationToken) is SubmissionResult.Accepted or SubmissionResult.Duplicate;
    }
}
