namespace PluginMail.Storage;

/// <summary>All that the server keeps, behind one door. An engine (Sqlite/) implements it.</summary>
/// <remarks>
/// One process owns a store. Writes of many callers are committed together by one writer; a completed write is on disk unless its
/// member says otherwise. Reads are short and come from immutable versions or short transactions. Faults of the disk are
/// <see cref="StoreUnavailableException"/>; everything that can be expected to happen is a value.
/// </remarks>
public interface IMailStore : IAsyncDisposable
{
    /// <summary>Domains, accounts and aliases.</summary>
    IDirectoryStore Directory { get; }

    /// <summary>Folders and the messages in them.</summary>
    IMailboxStore Mailboxes { get; }

    /// <summary>The octets of messages.</summary>
    IBodyStore Bodies { get; }

    /// <summary>Filter scripts.</summary>
    IScriptStore Scripts { get; }

    /// <summary>Annotations of folders and logins (RFC 5464).</summary>
    IAnnotationStore Annotations { get; }

    /// <summary>Changes of many messages that are there.</summary>
    IMailboxJobStore Jobs { get; }

    /// <summary>Messages that wait: for another host, or for a person.</summary>
    IQueueStore Queue { get; }

    /// <summary>Plugins' state.</summary>
    IStateStores State { get; }

    /// <summary>Check, backup, reclaiming.</summary>
    IStoreMaintenance Maintenance { get; }

    /// <summary>Commits a batch: all its rows or none. Completes when it is on disk.</summary>
    /// <param name="batch">Bodies, copies of them in folders, queue entries.</param>
    /// <param name="cancellationToken">Gives up before the writer took the batch; afterwards it is ignored.</param>
    /// <returns>What became of each copy.</returns>
    ValueTask<CommitResult> CommitAsync(StoreBatch batch, CancellationToken cancellationToken);
}
