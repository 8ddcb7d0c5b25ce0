using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>The key of a shared body.</summary>
/// <param name="Value">Given by the store.</param>
public readonly record struct BodyKey(long Value);

/// <summary>The octets of messages: written once, read by many copies, reclaimed when no copy and no held version needs them.</summary>
public interface IBodyStore
{
    /// <summary>Begins a body whose length is not known yet. Small ones stay in memory, large ones go to a file that a commit takes over without copying.</summary>
    /// <returns>The spool, to be disposed.</returns>
    IBodySpool CreateSpool();

    /// <summary>Opens a whole message: prefix and body as one.</summary>
    /// <param name="message">The copy.</param>
    /// <returns>The content, to be disposed; it must not outlive the hold that the copy was read with.</returns>
    /// <exception cref="StoreUnavailableException">The body cannot be read, or its checksum is wrong.</exception>
    MessageContent Open(StoredMessage message);
}

/// <summary>A body that is being written.</summary>
public interface IBodySpool : IAsyncDisposable
{
    /// <summary>Octets written so far.</summary>
    long Length { get; }

    /// <summary>Appends octets.</summary>
    /// <param name="octets">The octets; copied before the call completes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes synchronously while the body is small.</returns>
    /// <exception cref="StoreUnavailableException">The disk is full or broken.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken);

    /// <summary>Ends the body.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The octets, readable until the spool is disposed, also when a commit took them over.</returns>
    ValueTask<MessageContent> CompleteAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Says that somebody may go on reading the octets after the spool is disposed: memory they lie in is then left to the garbage collector
    /// rather than used for another body.
    /// </summary>
    void LeaveMemory();
}
