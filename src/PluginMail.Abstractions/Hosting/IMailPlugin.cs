namespace PluginMail.Abstractions;

/// <summary>A plugin: the one public type of its assembly that the server makes, with a constructor without parameters.</summary>
/// <remarks>
/// A new version is started beside the old one; new calls go to it, calls under way end on the old one, which is then disposed and unloaded.
/// So a plugin must release all that it holds in <see cref="IAsyncDisposable.DisposeAsync"/>, and must not assume to be alone.
/// </remarks>
public interface IMailPlugin : IAsyncDisposable
{
    /// <summary>Reads the settings, connects, and says what the plugin is.</summary>
    /// <param name="host">What the server offers to this version of the plugin.</param>
    /// <param name="cancellationToken">Cancelled at the start's time limit.</param>
    /// <returns>The roles. Where this throws, or settings were rejected, this version is not used and an older one goes on serving.</returns>
    ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken);
}
