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

    /// <summary>
    /// Reads the settings as <see cref="StartAsync"/> does, and does nothing else: <c>pluginmail config check</c> asks it of a plugin that does not
    /// run, and says what was rejected and which keys nobody read.
    /// </summary>
    /// <param name="settings">The plugin's own table.</param>
    /// <param name="hostname">The server's name, as <see cref="IPluginHost.Hostname"/>.</param>
    /// <returns>Whether it has read all keys that it knows. False, where it can tell only when it starts: its table is not judged before.</returns>
    bool CheckSettings(ISettings settings, string hostname) => false;
}
