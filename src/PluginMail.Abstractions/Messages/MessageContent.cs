namespace PluginMail.Abstractions;

/// <summary>The octets of a message, wherever they lie: in memory when small, in a file when large. Immutable.</summary>
/// <remarks>Reads are synchronous on purpose: they come from memory or the page cache. Safe for concurrent reads.</remarks>
public abstract class MessageContent : IDisposable
{
    /// <summary>Octets.</summary>
    public abstract long Length { get; }

    /// <summary>Copies octets out.</summary>
    /// <param name="offset">Where to begin, from 0.</param>
    /// <param name="destination">Is filled as far as there are octets.</param>
    /// <returns>How many were copied; less than asked for only at the end.</returns>
    /// <exception cref="IOException">The octets cannot be read.</exception>
    public abstract int Read(long offset, Span<byte> destination);

    /// <summary>The content as one block of memory, where it lies in memory that way.</summary>
    /// <remarks>
    /// The memory is valid as long as the content: for a plugin, until the call that was given the message ends. Afterwards it holds another
    /// message's octets; copy what is to be kept. (Of a call that exceeds its time limit it stays as it is, for as long as the call goes on.)
    /// </remarks>
    /// <param name="memory">The whole content.</param>
    /// <returns>False where it would have to be copied.</returns>
    public virtual bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = default;
        return false;
    }

    /// <summary>Gives back what holds the octets.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what holds the octets.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
