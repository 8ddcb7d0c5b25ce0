using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.ReverseDns;

/// <summary>
/// Checks client and greeting when the sender is known: a login or an accepted sender is spared it, and each transaction's points count once.
/// What is refused is said at RCPT.
/// </summary>
internal sealed class ReverseDnsCheck(ReverseDnsOptions options, IPluginHost host, ILogger log) : ISessionCheck
{
    private readonly Counter<long> _found = host.Meter.CreateCounter<long>("findings", "{finding}", "What was found, by reason and outcome");
    private readonly Counter<long> _checks = host.Meter.CreateCounter<long>("checks", "{transaction}", "Transactions of strangers, by result");
    private readonly Histogram<double> _durations = host.Meter.CreateHistogram<double>("check.duration", "s", "Time that the look-ups for a transaction took");
    private readonly ClientNameCheck _clientName = new(options);
    private readonly HelloCheck _hello = new(options);

    public SessionStages Stages => SessionStages.Sender;

    public async ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
    {
        var session = context.Session;
        if (session is not { Direction: Direction.Incoming, Protocol: "smtp", RemoteEndPoint.Address: { } remote } || options.Exempt.Contain(session))
        {
            return Verdict.Pass;
        }

        var client = ClientNetworks.Plain(remote);
        using var limit = new CancellationTokenSource(options.Deadline, host.Clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        long start = host.Clock.GetTimestamp();
        var lookups = new Lookups(host.Dns, deadline.Token, cancellationToken);
        var findings = await Task.WhenAll(_clientName.CheckAsync(client, lookups), _hello.CheckAsync(session, client, lookups));
        _durations.Record(host.Clock.GetElapsedTime(start).TotalSeconds);
        List<Finding> found = [.. findings.SelectMany(some => some.Found).Where(finding => finding.Setting.IsOn)];
        foreach (var finding in found)
        {
            ReverseDnsLog.Found(log, session.Id, client, finding.Reason, finding.Setting.Outcome.ToString(), finding.Text);
            _found.Add(
                1,
                new KeyValuePair<string, object?>("reason", finding.Reason),
                new KeyValuePair<string, object?>("outcome", finding.Setting.Outcome.ToString()));
        }

        bool isUnsaid = findings.Any(some => some.IsUnsaid);
        if (isUnsaid)
        {
            ReverseDnsLog.Unsaid(log, session.Id, client);
        }

        var verdict = Decide(found, isUnsaid);
        string result = isUnsaid ? "unsaid" : verdict.Decision is Decision.Pass && found.Count > 0 ? "score" : verdict.Decision.GetType().Name.ToLowerInvariant();
        _checks.Add(1, new KeyValuePair<string, object?>("result", result));
        return verdict;
    }

    private Verdict Decide(List<Finding> found, bool isUnsaid)
    {
        if (found.Find(finding => finding.Setting.Outcome == Outcome.Refuse) is { } refused)
        {
            return Verdict.Refuse(refused.Reply);
        }

        if (found.Find(finding => finding.Setting.Outcome == Outcome.Defer) is { } deferred)
        {
            return Verdict.Defer(deferred.Reply);
        }

        return isUnsaid && options.OnDnsFailure == WhenUnsaid.Defer
            ? Verdict.Defer(new SmtpReply(451, new EnhancedStatusCode(4, 4, 3), "Your name cannot be looked up now; please try again later"))
            : found.Count == 0 ? Verdict.Pass
            : Verdict.Apply([.. found.Select(finding => new Effect.Score(finding.Setting.Points, finding.Reason))]);
    }
}
