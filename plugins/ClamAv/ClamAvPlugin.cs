using PluginMail.Abstractions;

namespace PluginMail.ClamAv;

/// <summary>Has messages scanned by clamd.</summary>
public sealed class ClamAvPlugin : IMailPlugin
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = ClamAvOptions.Read(host.Settings);
        var scanner = new ClamdScanner(options, host.Clock, host.CreateLogger(""));
        return new([new VirusCheck(options, scanner, host.Meter, host.CreateLogger(""))]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
