using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>Distribution lists. They share the names with accounts and aliases, and the caches with them.</summary>
public interface IListStore
{
    /// <summary>Looks a list up.</summary>
    /// <param name="address">The address, in any case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The list; null where there is none.</returns>
    ValueTask<DistributionList?> FindListAsync(EmailAddress address, CancellationToken cancellationToken);

    /// <summary>Lists the lists by address.</summary>
    /// <param name="domain">Only of this domain; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lists.</returns>
    ValueTask<IReadOnlyList<DistributionList>> ListListsAsync(string? domain, CancellationToken cancellationToken);

    /// <summary>Adds a list.</summary>
    /// <param name="list">The list, of a domain served here. Members and senders are kept once each.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, AlreadyExists, UnknownDomain or LimitReached.</returns>
    ValueTask<DirectoryChange> AddListAsync(DistributionList list, CancellationToken cancellationToken);

    /// <summary>Changes a list. No other change comes between.</summary>
    /// <param name="address">The list's address.</param>
    /// <param name="change">Gives what it shall be; runs on the writer's thread, so that it must be short and must not wait. The address stays.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, NotFound or LimitReached.</returns>
    ValueTask<DirectoryChange> ChangeListAsync(
        EmailAddress address, Func<DistributionList, DistributionList> change, CancellationToken cancellationToken);

    /// <summary>Removes a list.</summary>
    /// <param name="address">The list's address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done or NotFound.</returns>
    ValueTask<DirectoryChange> RemoveListAsync(EmailAddress address, CancellationToken cancellationToken);
}
