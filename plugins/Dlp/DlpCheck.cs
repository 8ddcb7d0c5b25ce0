using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;
using PluginMail.Text;

namespace PluginMail.Dlp;

/// <summary>Looks at what leaves.</summary>
internal sealed class DlpCheck(DlpOptions options, MailScan scan, Notices notices, TimeProvider clock, Meter meter, ILogger log) : IMessageCheck
{
    // A message of more octets is looked at on another thread than its session's.
    private const long Large = 128 * 1024;

    private readonly Counter<long> _messages = meter.CreateCounter<long>("messages", "{message}", "Messages looked at, by result");
    private readonly Counter<long> _findings = meter.CreateCounter<long>("findings", "{finding}", "Findings, by rule");
    private readonly Histogram<double> _time = meter.CreateHistogram<double>("scan.duration", "s", "Time to look at a message");
    private readonly Counter<long> _unreadable = meter.CreateCounter<long>("unreadable", "{message}", "Messages with something that cannot be read, by reason");

    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (!IsLookedAt(message))
        {
            return Verdict.Pass;
        }

        long start = clock.GetTimestamp();
        var result = message.Content.Length > Large
            ? await Task.Run(() => Scan(message, cancellationToken), cancellationToken)
            : Scan(message, cancellationToken);
        _time.Record(clock.GetElapsedTime(start).TotalSeconds);
        var verdict = Decide(message, result);
        _messages.Add(1, new KeyValuePair<string, object?>("result", verdict.Decision.GetType().Name.ToLowerInvariant()));
        ImmutableArray<Finding> told = [.. result.Findings, .. Unread(result)];
        if (told.Any(finding => finding.Action >= RuleAction.Notify))
        {
            notices.Add(message, told, verdict.Decision);
        }

        return verdict;
    }

    // What is held or refused because it cannot be read is told of like a finding: nobody would look for it.
    private IEnumerable<Finding> Unread(ScanResult result) => (result.Problem.Length, options.Unreadable) switch
    {
        ( > 0, Unreadable.Hold) => [new Finding("unreadable", result.Problem, RuleAction.Hold, 0)],
        ( > 0, Unreadable.Refuse) => [new Finding("unreadable", result.Problem, RuleAction.Refuse, 0)],
        _ => [],
    };

    // Notices of plugins, this one among them, come from nobody and are not looked at.
    private bool IsLookedAt(IMessageView message)
    {
        var envelope = message.Envelope;
        if (message.Direction != Direction.Outgoing || message.Session.Protocol == "plugin" || options.ExemptSenders.Match(envelope.Sender))
        {
            return false;
        }

        foreach (var recipient in envelope.Recipients)
        {
            if (!options.ExemptRecipients.Match(recipient) && (options.Internal || !IsInternal(recipient)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInternal(EmailAddress recipient) => options.InternalDomains.Contains(recipient.Domain);

    private ScanResult Scan(IMessageView message, CancellationToken cancellationToken) => scan.Run(
        (extractor, budget) =>
        {
            ReadSurroundings(message, extractor);
            foreach (var part in message.Parts)
            {
                extractor.Read(part.FileName ?? "");
                using var stream = message.OpenDecoded(part);
                extractor.Read(stream, part.FileName ?? "", part.MediaType, part.Charset);
            }

            if (message.HasMoreParts)
            {
                budget.Report("more parts than are looked at");
            }
        },
        options.MailLimits,
        cancellationToken);

    // Headers, and what stands before, between and behind the parts.
    private static void ReadSurroundings(IMessageView message, TextExtractor extractor)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MailHeader.Longest);
        long at = 0;
        foreach (var (start, length) in message.Parts.Select(part => (part.Offset, part.Length)).Append((message.Content.Length, 0)))
        {
            while (at < start)
            {
                int count = message.Content.Read(at, buffer.AsSpan(0, (int)Math.Min(start - at, MailHeader.Longest)));
                if (count == 0)
                {
                    break;
                }

                extractor.ReadSurroundings(buffer.AsSpan(0, count));
                at += count;
            }

            at = Math.Max(at, start + length);
        }

        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }

    private Verdict Decide(IMessageView message, ScanResult result)
    {
        var decided = result.Findings.MaxBy(finding => finding.Action);
        var verdict = decided?.Action switch
        {
            RuleAction.Refuse => Verdict.Refuse(SmtpReply.PolicyRefusal($"This message has confidential content and is not sent ({decided.Rule})")),
            RuleAction.Hold => Verdict.Hold(Printable.Of($"DLP: {decided.Rule}: {decided.Detail}", 400)),
            _ => Verdict.Pass,
        };
        foreach (var finding in result.Findings)
        {
            DlpLog.Found(log, message.TransactionId, finding.Rule, finding.Detail, finding.Action.ToString());
            _findings.Add(1, new KeyValuePair<string, object?>("rule", finding.Rule));
            verdict = verdict.With(new Effect.Tag($"dlp-{finding.Rule}"));
            verdict = finding.Points != 0 ? verdict.With(new Effect.Score(finding.Points, "DLP")) : verdict;
        }

        return result.Problem.Length == 0 ? verdict : WithUnreadable(message, verdict, result.Problem);
    }

    private Verdict WithUnreadable(IMessageView message, Verdict verdict, string problem)
    {
        DlpLog.Unreadable(log, message.TransactionId, problem);
        _unreadable.Add(1, new KeyValuePair<string, object?>("reason", problem));
        var decision = (options.Unreadable, verdict.Decision) switch
        {
            (Unreadable.Refuse, Decision.Pass or Decision.Hold) =>
                new Decision.Refuse(SmtpReply.PolicyRefusal($"This message has {problem}, which cannot be looked at, and is not sent")),
            (Unreadable.Hold, Decision.Pass) => new Decision.Hold($"DLP: {problem}"),
            _ => verdict.Decision,
        };
        verdict = verdict with { Decision = decision };
        return options.Unreadable == Unreadable.Pass ? verdict : verdict.With(new Effect.Tag("dlp-unreadable"));
    }
}
