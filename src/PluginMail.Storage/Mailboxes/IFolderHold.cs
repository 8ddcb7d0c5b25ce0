namespace PluginMail.Storage;

/// <summary>A session's hold on a folder: what it sees stays readable, expunged or not, until it moves on.</summary>
/// <remarks>Used by one session; safe against the writer.</remarks>
public interface IFolderHold : IDisposable
{
    /// <summary>The version the session sees.</summary>
    FolderVersion Version { get; }

    /// <summary>The first UID that no session before this one was told of: from here messages are \Recent to this session (RFC 3501 section 2.3.2).</summary>
    uint FirstRecentUid { get; }

    /// <summary>Whether there is a newer version.</summary>
    bool HasNews { get; }

    /// <summary>Whether the folder was deleted. Its last version stays readable.</summary>
    bool IsDeleted { get; }

    /// <summary>Moves on to the newest version, and lets go of the one held.</summary>
    /// <returns>The newest version, which may be the same.</returns>
    FolderVersion Advance();

    /// <summary>Waits until there is a newer version or the folder is deleted.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when there is news; at once where there is already.</returns>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    ValueTask WaitForNewsAsync(CancellationToken cancellationToken);
}
