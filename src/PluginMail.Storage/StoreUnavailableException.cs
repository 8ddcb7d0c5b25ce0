namespace PluginMail.Storage;

/// <summary>The store cannot do what was asked now: the disk is full or broken. Nothing was changed.</summary>
/// <param name="message">What happened.</param>
/// <param name="isDiskFull">Whether room is what lacks (452 4.3.1).</param>
/// <param name="innerException">The fault beneath.</param>
public sealed class StoreUnavailableException(string message, bool isDiskFull, Exception? innerException = null)
    : IOException(message, innerException)
{
    /// <summary>Whether room is what lacks.</summary>
    public bool IsDiskFull { get; } = isDiskFull;
}
