using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Icap.Protocol;
using PluginMail.Viruses;

namespace PluginMail.Icap;

/// <summary>
/// Scans messages. An infected incoming one is replaced by a report with the original attached, so that its recipient learns of it; an
/// infected outgoing one is refused, so that its sender does.
/// </summary>
internal sealed class IcapCheck(IcapOptions options, IcapScanner scanner, TimeProvider clock, Meter meter, ILogger log) : IMessageCheck
{
    private const string HeaderName = "X-Virus-Scanned";
    private static readonly Verdict Clean = Verdict.Apply(new Effect.Tag("virus-clean"));

    private readonly Counter<long> _scans = meter.CreateCounter<long>("scans", "{message}", "Messages scanned, by result");

    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (message.Content.Length > options.MaximumSize)
        {
            Count("TooLarge");
            return TooLarge(message, "larger than maximum_size");
        }

        var result = await ScanAsync(message, cancellationToken);
        Count(result.GetType().Name);
        return result switch
        {
            ScanResult.Clean => WithHeader(Clean, "ICAP: clean"),
            ScanResult.Infected infected => Found(message, infected.Threat),
            ScanResult.Unscanned unscanned => Unscanned(message, unscanned.Reason),
            ScanResult.Unavailable unavailable when options.WhenUnavailable == WhenUnavailable.Pass => Unscanned(message, unavailable.Reason),
            _ => Verdict.Defer(SmtpReply.LocalError("The virus scanner does not answer; please try again later")),
        };
    }

    private async ValueTask<ScanResult> ScanAsync(IMessageView message, CancellationToken cancellationToken)
    {
        string client = message.Session.RemoteEndPoint is { } end ? ClientNetworks.Plain(end.Address).ToString() : "";
        if (options.Scan == Scanned.Message || message.HasMoreParts)
        {
            // Where not all parts are listed, only the whole has them all.
            return await scanner.ScanAsync(new IcapObject("message.eml", "message/rfc822", message.Content.Length, client, message.OpenRaw), cancellationToken);
        }

        // All parts together have the time of one message: were the plugin's time over, on_fault would decide, not when_unavailable.
        using var late = new CancellationTokenSource(options.Daemons.Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await ScanPartsAsync(message, client, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ScanResult.Unavailable("not all parts were scanned in time");
        }
    }

    private async ValueTask<ScanResult> ScanPartsAsync(IMessageView message, string client, CancellationToken cancellationToken)
    {
        ScanResult worst = new ScanResult.Clean();
        foreach (var part in message.Parts)
        {
            var found = new IcapObject(
                part.FileName ?? $"part-{part.Section}", part.MediaType, Length: null, client, () => message.OpenDecoded(part));
            var result = await scanner.ScanAsync(found, cancellationToken);
            switch (result)
            {
                case ScanResult.Infected or ScanResult.Unavailable:
                    return result;
                case ScanResult.Unscanned:
                    worst = result;
                    break;
            }
        }

        return worst;
    }

    private Verdict Found(IMessageView message, string threat)
    {
        IcapLog.Found(log, threat, message.TransactionId, message.Direction.ToString());
        var verdict = message.Direction == Direction.Outgoing
            ? Verdict.Refuse(SmtpReply.PolicyRefusal($"This message contains a virus: {threat}"))
            : Verdict.Apply(new Effect.ReplaceMessage(VirusReport.Build(message, threat, options.ReportFrom)));
        return verdict.With(new Effect.Tag("virus"));
    }

    private Verdict TooLarge(IMessageView message, string reason)
    {
        if (options.WhenTooLarge == WhenTooLarge.Pass)
        {
            return Unscanned(message, reason);
        }

        IcapLog.NotScanned(log, message.TransactionId, reason);
        return Viruses.TooLarge.Stopped(options.WhenTooLarge);
    }

    private Verdict Unscanned(IMessageView message, string reason)
    {
        IcapLog.NotScanned(log, message.TransactionId, reason);
        return WithHeader(Verdict.Apply(new Effect.Tag("virus-unscanned")), "ICAP: not scanned");
    }

    private void Count(string result) => _scans.Add(1, new KeyValuePair<string, object?>("result", result));

    /// <summary>Adds the header where that is wanted, in place of any that came with the message.</summary>
    private Verdict WithHeader(Verdict verdict, string value) =>
        options.Header ? verdict.With(new HeaderEdit.Remove(HeaderName)).With(new HeaderEdit.Add(HeaderName, value)) : verdict;
}
