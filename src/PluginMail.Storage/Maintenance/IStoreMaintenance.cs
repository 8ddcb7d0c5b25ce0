namespace PluginMail.Storage;

/// <summary>Check, backup and reclaiming, all while the server serves.</summary>
public interface IStoreMaintenance
{
    /// <summary>Checks the database and every body's checksum.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is wrong, a line each; none where all is well.</returns>
    ValueTask<StoreCheckReport> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Writes a consistent copy of the whole store into a new folder.</summary>
    /// <param name="folder">A folder that does not exist or is empty.</param>
    /// <param name="progress">Octets copied so far; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; what was written is removed.</param>
    /// <returns>Octets copied.</returns>
    /// <exception cref="StoreUnavailableException">The folder cannot be written.</exception>
    ValueTask<long> BackupAsync(string folder, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Gives the room of bodies that nothing needs back to the disk.</summary>
    /// <param name="cancellationToken">Gives up; what was reclaimed so far stays so.</param>
    /// <returns>Octets given back.</returns>
    ValueTask<long> ReclaimAsync(CancellationToken cancellationToken);
}

/// <summary>What a check found.</summary>
/// <param name="Bodies">Bodies read.</param>
/// <param name="Octets">Their octets.</param>
/// <param name="Problems">What is wrong, a line each.</param>
public sealed record StoreCheckReport(long Bodies, long Octets, IReadOnlyList<string> Problems);
