using PluginMail.Abstractions;

namespace PluginMail.ReverseDns;

/// <summary>Checks the names of clients: in DNS, and as they greet.</summary>
public sealed class ReverseDnsPlugin : IMailPlugin
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken) =>
        new([new ReverseDnsCheck(ReverseDnsOptions.Read(host.Settings, host.Hostname), host, host.CreateLogger(""))]);

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        ReverseDnsOptions.Read(settings, hostname);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
