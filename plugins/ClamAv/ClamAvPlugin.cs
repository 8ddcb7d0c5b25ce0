using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Viruses;

namespace PluginMail.ClamAv;

/// <summary>Has messages scanned by clamd.</summary>
public sealed class ClamAvPlugin : IMailPlugin
{
    private DaemonGroup? _daemons;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = ClamAvOptions.Read(host.Settings);
        var log = host.CreateLogger("");
        _daemons = new DaemonGroup(options.Daemons, host.Clock, host.Meter, log);
        var scanner = new ClamdScanner(_daemons, options.Daemons.ConnectTimeout, host.Clock);
        return new(
        [
            new VirusCheck(options.Viruses, scanner, host.Meter, log),
            new VirusWord(),
            new StatusCommand(host.Clock, (_daemons, scanner.VersionAsync)),
        ]);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        ClamAvOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _daemons?.Dispose();
        return default;
    }
}
