using PluginMail.Collector.Connections;

namespace PluginMail.Collector.Accounts;

/// <summary>A session with an account's server, signed in.</summary>
internal interface IRemoteSession : IAsyncDisposable
{
    /// <summary>Opens one folder after another; the one before is closed then. A folder that cannot be opened is reported and left out.</summary>
    /// <param name="problems">Gets a line for each folder that was left out, and for what was refused in one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">The session is over.</exception>
    IAsyncEnumerable<IRemoteBox> OpenAllAsync(ICollection<string> problems, CancellationToken cancellationToken);

    /// <summary>Ends the session in good order.</summary>
    ValueTask LogoutAsync(CancellationToken cancellationToken);
}
