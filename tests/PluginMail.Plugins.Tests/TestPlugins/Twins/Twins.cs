using PluginMail.Abstractions;

namespace PluginMail.Twins;

public sealed class FirstTwin : Twin;

public sealed class SecondTwin : Twin;

public abstract class Twin : IMailPlugin
{
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken) => new([]);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }
}
