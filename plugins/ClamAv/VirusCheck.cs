using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Viruses;

namespace PluginMail.ClamAv;

/// <summary>
/// Scans messages. An infected incoming one is replaced by a report with the original attached, so that its recipient learns of it; an
/// infected outgoing one is refused, so that its sender does.
/// </summary>
internal sealed class VirusCheck(ClamAvOptions options, ClamdScanner scanner, Meter meter, ILogger log) : IMessageCheck
{
    private const string HeaderName = "X-Virus-Scanned";
    private const string UnscannedTag = "virus-unscanned";

    /// <summary>The tag tells filters that a scan was made (virustest, RFC 5235 section 3).</summary>
    private static readonly Verdict Clean = Verdict.Apply(new Effect.Tag("virus-clean"));

    private readonly Counter<long> _scans = meter.CreateCounter<long>("scans", "{message}", "Messages scanned, by result");

    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (message.Content.Length > options.MaximumSize)
        {
            return Unscanned(message, "larger than maximum_size");
        }

        var result = await scanner.ScanAsync(message.Content, cancellationToken);
        _scans.Add(1, new KeyValuePair<string, object?>("result", result.GetType().Name));
        return result switch
        {
            ScanResult.Clean => WithHeader(Clean, "ClamAV: clean"),
            ScanResult.Infected infected => Found(message, infected.Virus),
            ScanResult.TooLarge => Unscanned(message, "larger than clamd's StreamMaxLength"),
            ScanResult.Unavailable unavailable when options.WhenUnavailable == WhenUnavailable.Pass => Unscanned(message, unavailable.Reason),
            _ => Verdict.Defer(SmtpReply.LocalError("The virus scanner does not answer; please try again later")),
        };
    }

    private Verdict Found(IMessageView message, string virus)
    {
        ClamAvLog.Found(log, virus, message.TransactionId, message.Direction.ToString());
        var verdict = message.Direction == Direction.Outgoing
            ? Verdict.Refuse(SmtpReply.PolicyRefusal($"This message contains a virus: {virus}"))
            : Verdict.Apply(new Effect.ReplaceMessage(VirusReport.Build(message, virus, options.ReportFrom)));
        return verdict.With(new Effect.Tag("virus"));
    }

    private Verdict Unscanned(IMessageView message, string reason)
    {
        ClamAvLog.NotScanned(log, message.TransactionId, reason);
        return WithHeader(Verdict.Apply(new Effect.Tag(UnscannedTag)), "ClamAV: not scanned");
    }

    /// <summary>Adds the header where that is wanted, in place of any that came with the message.</summary>
    private Verdict WithHeader(Verdict verdict, string value) =>
        options.Header ? verdict.With(new HeaderEdit.Remove(HeaderName)).With(new HeaderEdit.Add(HeaderName, value)) : verdict;
}
