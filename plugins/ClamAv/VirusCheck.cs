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

    /// <summary>The tag tells filters that a scan was made (virustest, RFC 5235 section 3).</summary>
    private static readonly Verdict Clean = Verdict.Apply(new Effect.Tag(VirusTags.Clean));

    private readonly Counter<long> _scans = meter.CreateCounter<long>("scans", "{message}", "Messages scanned, by result");

    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (message.Content.Length > options.MaximumSize)
        {
            Count("TooLarge");
            return TooLarge(message, "larger than maximum_size");
        }

        var result = await scanner.ScanAsync(message.Content, cancellationToken);
        Count(result.GetType().Name);
        return result switch
        {
            ScanResult.Clean => WithHeader(Clean, "ClamAV: clean"),
            ScanResult.Infected infected => Found(message, infected.Virus),
            ScanResult.TooLarge => TooLarge(message, "larger than clamd takes"),
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
        return verdict.With(new Effect.Tag(VirusTags.Infected)).With(new Effect.Tag(VirusTags.NamePrefix + virus));
    }

    private Verdict TooLarge(IMessageView message, string reason)
    {
        if (options.WhenTooLarge == WhenTooLarge.Pass)
        {
            return Unscanned(message, reason);
        }

        ClamAvLog.NotScanned(log, message.TransactionId, reason);
        return Viruses.TooLarge.Stopped(options.WhenTooLarge);
    }

    private Verdict Unscanned(IMessageView message, string reason)
    {
        ClamAvLog.NotScanned(log, message.TransactionId, reason);
        return WithHeader(Verdict.Apply(new Effect.Tag(VirusTags.Unscanned)), "ClamAV: not scanned");
    }

    /// <summary>Adds the header where that is wanted, in place of any that came with the message.</summary>
    private Verdict WithHeader(Verdict verdict, string value) =>
        options.Header ? verdict.With(new HeaderEdit.Remove(HeaderName)).With(new HeaderEdit.Add(HeaderName, value)) : verdict;

    private void Count(string result) => _scans.Add(1, new KeyValuePair<string, object?>("result", result));
}
