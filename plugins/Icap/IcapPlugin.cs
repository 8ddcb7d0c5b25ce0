using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Viruses;

namespace PluginMail.Icap;

/// <summary>Has messages scanned by services that speak ICAP (RFC 3507).</summary>
public sealed class IcapPlugin : IMailPlugin
{
    private IcapScanner? _scanner;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = IcapOptions.Read(host.Settings);
        var log = host.CreateLogger("");
        _scanner = new IcapScanner(options, host.Clock, host.Meter, log);
        return new(
        [
            new VirusCheck(options.Viruses, new MessageScanner(options, _scanner, host.Clock), host.Meter, log),
            new VirusWord(),
            new StatusCommand(host.Clock, (_scanner.Daemons, _scanner.PingAsync)),
        ]);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        IcapOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _scanner?.Dispose();
        return default;
    }
}
