using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.Viruses;

/// <summary>
/// Has messages scanned. An infected incoming one is replaced by a report with the original attached, so that its recipient learns of it; an
/// infected outgoing one is refused, so that its sender does.
/// </summary>
internal sealed class VirusCheck(VirusOptions options, IVirusScanner scanner, Meter meter, ILogger log) : IMessageCheck
{
    private const string HeaderName = "X-Virus-Scanned";

    /// <summary>The tag tells filters that a scan was made (virustest, RFC 5235 section 3).</summary>
    private static readonly Verdict Clean = Verdict.Apply(new Effect.Tag(VirusTags.Clean));

    private readonly Counter<long> _scans = meter.CreateCounter<long>("scans", "{message}", "Messages scanned, by result");

    /// <inheritdoc/>
    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        var result = message.Content.Length > options.MaximumSize
            ? new ScanResult.TooLarge("larger than maximum_size")
            : await scanner.ScanAsync(message, cancellationToken);
        _scans.Add(1, new KeyValuePair<string, object?>("result", result.Name));
        return result switch
        {
            ScanResult.Clean => WithHeader(Clean, "clean"),
            ScanResult.Infected infected => Found(message, infected.Virus),
            ScanResult.TooLarge large => TooLarge(message, large.Reason),
            ScanResult.Unscanned unscanned => Unscanned(message, unscanned.Reason),
            ScanResult.Unavailable unavailable when options.WhenUnavailable == WhenUnavailable.Pass => Unscanned(message, unavailable.Reason),
            _ => Verdict.Defer(SmtpReply.LocalError("The virus scanner does not answer; please try again later")),
        };
    }

    private Verdict Found(IMessageView message, string virus)
    {
        VirusLog.Found(log, virus, message.TransactionId, message.Direction.ToString());
        var verdict = message.Direction == Direction.Outgoing
            ? Verdict.Refuse(SmtpReply.PolicyRefusal($"This message contains a virus: {virus}"))
            : Verdict.Apply(new Effect.ReplaceMessage(VirusReport.Build(message, virus, options.ReportFrom)));
        return verdict.With(new Effect.Tag(VirusTags.Infected)).With(new Effect.Tag(VirusTags.NamePrefix + virus));
    }

    private Verdict TooLarge(IMessageView message, string reason)
    {
        if (options.WhenTooLarge == WhenTooLarge.Pass)
        {
            return Unscanned(message, reason);
        }

        VirusLog.NotScanned(log, message.TransactionId, reason);
        return options.WhenTooLarge == WhenTooLarge.Hold
            ? Verdict.Hold("too large to be scanned for viruses")
            : Verdict.Refuse(new SmtpReply(552, new EnhancedStatusCode(5, 3, 4), "This message is too large to be scanned for viruses"));
    }

    private Verdict Unscanned(IMessageView message, string reason)
    {
        VirusLog.NotScanned(log, message.TransactionId, reason);
        return WithHeader(Verdict.Apply(new Effect.Tag(VirusTags.Unscanned)), "not scanned");
    }

    /// <summary>Adds the header where that is wanted, in place of any that came with the message.</summary>
    private Verdict WithHeader(Verdict verdict, string state) => options.Header
        ? verdict.With(new HeaderEdit.Remove(HeaderName)).With(new HeaderEdit.Add(HeaderName, $"{scanner.Name}: {state}"))
        : verdict;
}
