namespace PluginMail.Pipeline;

/// <summary>Takes a message's octets as they arrive: keeps small ones in memory and large ones in a file, and reads their structure on the way.</summary>
/// <remarks>One writer. What was written can be read when <see cref="IMailSession.CompleteAsync"/> was given the sink.</remarks>
public abstract class MessageSink : IAsyncDisposable
{
    /// <summary>Octets written, the trace header not counted.</summary>
    public abstract long Length { get; }

    /// <summary>Takes octets over.</summary>
    /// <param name="octets">Message octets, transparency (RFC 5321 section 4.5.2) removed.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>Completes when they are taken; synchronously for small messages.</returns>
    /// <exception cref="IOException">The disk is full or broken: 452 4.3.1.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
