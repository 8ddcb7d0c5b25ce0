using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>Asks strangers to come again.</summary>
public sealed class GreylistPlugin : IMailPlugin
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken) =>
        new([new GreylistCheck(GreylistOptions.Read(host.Settings), host, host.CreateLogger(""))]);

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        GreylistOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
