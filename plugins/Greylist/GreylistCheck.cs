using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Text;

namespace PluginMail.Greylist;

/// <summary>Asks strangers to come again. At RCPT, the null sender as any other.</summary>
internal sealed class GreylistCheck : ISessionCheck
{
    private readonly GreylistOptions _options;
    private readonly ILogger _log;
    private readonly Counter<long> _decisions;
    private readonly VouchingDomains _domains;
    private readonly ClientNames _names;
    private readonly KnownClients _clients;
    private readonly Correspondences _correspondences;

    public GreylistCheck(GreylistOptions options, IPluginHost host, ILogger log)
    {
        (_options, _log) = (options, log);
        _decisions = host.Meter.CreateCounter<long>("decisions", "{recipient}", "Recipients of strangers, by standing");
        _domains = new VouchingDomains(options, host);
        _names = new ClientNames(options, host);
        var notes = new Notes(options, host.State, host.Clock);
        _clients = new KnownClients(options, notes);
        _correspondences = new Correspondences(options, notes);
    }

    public SessionStages Stages => SessionStages.Recipient;

    public IAsyncDisposable BeginSession(ISessionView session) => new SessionFindings();

    public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        if (context is not { Session: { Direction: Direction.Incoming, Protocol: "smtp", RemoteEndPoint.Address: { } remote }, Recipient: { } recipient }
            || IsTrusted(context))
        {
            return Verdict.Pass;
        }

        var client = ClientNetworks.Plain(remote);
        var findings = (SessionFindings)state!;
        var origin = await OriginAsync(context, client, findings, cancellationToken);
        if (await _clients.AreWhiteAsync(origin, cancellationToken))
        {
            Count("client_white");
            return Verdict.Pass;
        }

        var mail = Correspondence.Of(origin, context.Sender, recipient);
        if (await HasTrustedNameAsync(mail, client, findings, cancellationToken))
        {
            return Verdict.Pass;
        }

        var (standing, age) = await _correspondences.ComeAsync(mail, cancellationToken);
        Count(standing.ToString().ToLowerInvariant());
        if (standing == Standing.Passed)
        {
            GreylistLog.Passed(_log, context.Session.Id, origin, Printable.Of(recipient.ToString()), age);
            await CreditAsync(context.Session, origin, cancellationToken);
        }

        return standing is Standing.Passed or Standing.White ? Verdict.Pass : ComeAgain(_options.Delay - age);
    }

    private bool IsTrusted(SessionCheckContext context) =>
        _options.TrustedClients.Contain(context.Session)
        || _options.TrustedSenders.Match(context.Sender)
        || _options.TrustedRecipients.Match(context.Recipient);

    private Verdict ComeAgain(TimeSpan wait)
    {
        long seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        return Verdict.Defer(new SmtpReply(
            451, new EnhancedStatusCode(4, 7, 1), _options.Text.Replace("{seconds}", $"{seconds}", StringComparison.Ordinal)));
    }

    /// <summary>The client's network, and the sender's domain where it vouches for the client; or did so before and cannot be asked now.</summary>
    private async ValueTask<Origin> OriginAsync(SessionCheckContext context, IPAddress client, SessionFindings findings, CancellationToken cancellationToken)
    {
        string network = ClientNetwork.NetworkOf(client, _options);
        if (!_options.Spf || context.Sender is not { } sender)
        {
            return new Origin(network, Domain: null, HasVouchedNow: false);
        }

        if (!sender.Equals(findings.Sender))
        {
            findings.Vouching = await _domains.AskAsync(context.Session, client, sender, cancellationToken);
            findings.Sender = sender;
        }

        string domain = sender.Domain.ToLowerInvariant();
        bool hasVouched = findings.Vouching == Vouching.Yes
            || (findings.Vouching == Vouching.Unsaid && await _clients.HasVouchedAsync(domain, network, cancellationToken));
        return new Origin(network, hasVouched ? domain : null, findings.Vouching == Vouching.Yes);
    }

    /// <summary>Whether the client has a trusted name; it is not looked up where there are none, or for what passes anyhow.</summary>
    private async ValueTask<bool> HasTrustedNameAsync(Correspondence mail, IPAddress client, SessionFindings findings, CancellationToken cancellationToken) =>
        !_options.TrustedClientNames.IsEmpty
        && !await _correspondences.HavePassedAsync(mail, cancellationToken)
        && (findings.HasTrustedName ??= await _names.AreTrustedAsync(client, cancellationToken));

    /// <summary>One more came again: to the network's credit, and to the domain's.</summary>
    private async ValueTask CreditAsync(ISessionView session, Origin origin, CancellationToken cancellationToken)
    {
        foreach (string one in origin.Domain is { } domain ? (string[])[domain, origin.Network] : [origin.Network])
        {
            if (await _clients.PassAsync(one, cancellationToken))
            {
                GreylistLog.ClientPassed(_log, session.Id, one, _options.ClientPasses);
            }
        }
    }

    private void Count(string result) => _decisions.Add(1, new KeyValuePair<string, object?>("standing", result));

    /// <summary>What DNS said in this session: of its sender, for all recipients, and of the client.</summary>
    private sealed class SessionFindings : IAsyncDisposable
    {
        public EmailAddress? Sender { get; set; }

        public Vouching Vouching { get; set; }

        public bool? HasTrustedName { get; set; }

        public ValueTask DisposeAsync() => default;
    }
}
