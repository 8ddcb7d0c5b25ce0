using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>
/// How connections to mail exchangers are protected: DANE where the DNS is proven and has TLSA records (RFC 7672), else MTA-STS where the domain has a
/// policy (RFC 8461), else TLS where it can be had. What comes of it goes into the results for TLS reports (RFC 8460).
/// </summary>
public sealed class OutboundTlsPolicies : ITlsPolicies, IDisposable
{
    private readonly DaneLookup _dane;
    private readonly StsDiscovery _sts;
    private readonly HttpMessageInvoker _http;
    private readonly TlsResults? _results;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <summary>Makes the policies.</summary>
    /// <param name="dns">The resolver; DANE needs one whose word on DNSSEC counts.</param>
    /// <param name="cache">Where MTA-STS policies are kept.</param>
    /// <param name="results">Where results are counted; null counts none.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    public OutboundTlsPolicies(IDnsResolver dns, IPolicyCache cache, TlsResults? results, TimeProvider clock, ILogger log)
        : this(dns, cache, StsPolicyFetcher.CreateClient(dns), results, clock, log)
    {
    }

    internal OutboundTlsPolicies(
        IDnsResolver dns, IPolicyCache cache, HttpMessageInvoker http, TlsResults? results, TimeProvider clock, ILogger log)
    {
        _dane = new DaneLookup(dns);
        _http = http;
        _sts = new StsDiscovery(dns, cache, new StsPolicyFetcher(http, clock), clock, log);
        _results = results;
        _clock = clock;
        _log = log;
    }

    /// <inheritdoc/>
    public async ValueTask<HostTlsPolicy> FindAsync(MailHost host, CancellationToken cancellationToken)
    {
        if (host.Domain.StartsWith('['))
        {
            return HostTlsPolicy.Opportunistic; // an address literal: no name to say anything about it
        }

        switch (await _dane.FindAsync(host, cancellationToken))
        {
            case DaneFinding.Found found:
                return FromDane(host, found);
            case DaneFinding.Uncertain uncertain:
                var reported = new ReportedPolicy("tlsa", uncertain.Name, [], []);
                return Refuse(
                    host,
                    new HostTlsPolicy { Name = "DANE", Reported = reported },
                    new TlsFailure(TlsFailureKind.DnssecInvalid, $"the TLSA records of {uncertain.Name} cannot be looked up now"));
        }

        StsFinding finding = await _sts.FindAsync(host.Domain, cancellationToken);
        if (finding.Failure is { } failure)
        {
            var reported = new ReportedPolicy("sts", host.Domain, [], []);
            _results?.Add(new TlsAttempt(host, new HostTlsPolicy { Reported = reported }, null, null, failure));
        }

        return finding.Policy is { Mode: not StsMode.None } policy ? FromSts(host, policy) : HostTlsPolicy.Opportunistic;
    }

    /// <inheritdoc/>
    public void Report(TlsAttempt attempt) => _results?.Add(attempt);

    /// <summary>Ends the connections to policies' servers.</summary>
    public void Dispose() => _http.Dispose();

    private HostTlsPolicy FromDane(MailHost host, DaneFinding.Found found)
    {
        var policy = new HostTlsPolicy
        {
            Requirement = TlsRequirement.Encrypted,
            Name = "DANE",
            ServerName = found.BaseDomain,
            Reported = new ReportedPolicy("tlsa", found.BaseDomain, found.Texts, []),
        };
        return found.Records.IsEmpty
            ? policy
            : policy with
            {
                Requirement = TlsRequirement.Verified,
                Check = new DaneCheck(found.Records, [found.BaseDomain, host.Host, host.Domain], _clock).Judge,
            };
    }

    private HostTlsPolicy FromSts(MailHost host, StsPolicy policy)
    {
        var found = new HostTlsPolicy
        {
            Requirement = policy.Mode == StsMode.Enforce ? TlsRequirement.Verified : TlsRequirement.Opportunistic,
            Check = WebPki.Check,
            Name = "MTA-STS",
            Reported = new ReportedPolicy("sts", host.Domain, policy.Lines, policy.Hosts),
        };
        if (policy.Covers(host.Host))
        {
            return found;
        }

        var failure = new TlsFailure(TlsFailureKind.ValidationFailure, $"{host.Host} is not in the MTA-STS policy of {host.Domain}");
        return policy.Mode == StsMode.Enforce ? Refuse(host, found, failure) : found with { Check = (_, _, _) => failure };
    }

    private HostTlsPolicy Refuse(MailHost host, HostTlsPolicy policy, TlsFailure failure)
    {
        SmtpClientLog.HostRefused(_log, host.Host, host.Domain, failure.Text);
        _results?.Add(new TlsAttempt(host, policy, null, null, failure));
        return policy with { Refusal = new SmtpReply(451, new EnhancedStatusCode(4, 7, 5), failure.Text) };
    }
}
