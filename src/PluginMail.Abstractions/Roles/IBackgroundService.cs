namespace PluginMail.Abstractions;

/// <summary>Works on its own while the plugin runs: a collector, a list refresher.</summary>
public interface IBackgroundService : IMailRole
{
    /// <summary>Runs until it is told to stop. One that ends by a fault is started again after a growing pause.</summary>
    /// <param name="cancellationToken">Cancelled when this version of the plugin retires.</param>
    /// <returns>Ends when the work ends.</returns>
    Task RunAsync(CancellationToken cancellationToken);
}
