using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Icap.Protocol;
using PluginMail.Viruses;

namespace PluginMail.Icap;

/// <summary>Has a message scanned, as a whole or each of its parts.</summary>
internal sealed class MessageScanner(IcapOptions options, IcapScanner scanner, TimeProvider clock) : IVirusScanner
{
    /// <inheritdoc/>
    public string Name => "ICAP";

    /// <inheritdoc/>
    public async ValueTask<ScanResult> ScanAsync(IMessageView message, CancellationToken cancellationToken)
    {
        string client = message.Session.RemoteEndPoint is { } end ? ClientNetworks.Plain(end.Address).ToString() : "";
        if (options.Scan == Scanned.Message || message.HasMoreParts)
        {
            // Where not all parts are listed, only the whole has them all; but a scanner that is to get parts may not read mail.
            var whole = await scanner.ScanAsync(
                new IcapObject("message.eml", "message/rfc822", message.Content.Length, client, message.OpenRaw), cancellationToken);
            return options.Scan == Scanned.Parts && whole is ScanResult.Clean ? new ScanResult.TooLarge("of more parts than are scanned one by one") : whole;
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
}
