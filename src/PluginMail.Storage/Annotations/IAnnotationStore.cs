namespace PluginMail.Storage;

/// <summary>Annotations (RFC 5464) of folders, and of what a login keeps at the server. Those of a folder stay through renames and go with it.</summary>
public interface IAnnotationStore
{
    /// <summary>Octets of the largest value.</summary>
    int MaximumValueOctets { get; }

    /// <summary>Reads one entry.</summary>
    /// <param name="owner">Of a folder or of the server.</param>
    /// <param name="entry">Its name, case not regarded; one that is none finds nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its value; null where it is not set.</returns>
    ValueTask<ReadOnlyMemory<byte>?> FindAsync(AnnotationOwner owner, string entry, CancellationToken cancellationToken);

    /// <summary>Reads entries, and what is below them, as they are at one moment.</summary>
    /// <param name="owner">Of a folder or of the server.</param>
    /// <param name="entries">Names, case not regarded; also <see cref="AnnotationName.Private"/> and <see cref="AnnotationName.Shared"/>.</param>
    /// <param name="depth">How far below each.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is set of these, each once, in the order of the names asked for and by name below each.</returns>
    ValueTask<IReadOnlyList<Annotation>> ListAsync(
        AnnotationOwner owner, IReadOnlyList<string> entries, AnnotationDepth depth, CancellationToken cancellationToken);

    /// <summary>Sets and removes entries: all of them, or none.</summary>
    /// <param name="owner">Of a folder or of the server.</param>
    /// <param name="updates">The changes; the last one of a name counts.</param>
    /// <param name="cancellationToken">Gives up before the writer took it.</param>
    /// <returns>Done, or why nothing was done.</returns>
    ValueTask<AnnotationChange> SetAsync(AnnotationOwner owner, IReadOnlyList<AnnotationUpdate> updates, CancellationToken cancellationToken);

    /// <summary>Has somebody told of each change of an account's annotations, and of its folders', once it is on disk.</summary>
    /// <param name="account">The account.</param>
    /// <param name="observer">Called by the writer: it is quick, and throws nothing.</param>
    /// <returns>Disposing it ends the telling.</returns>
    IDisposable Observe(AccountId account, Action<AnnotationNews> observer);
}
