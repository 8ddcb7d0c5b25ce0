namespace PluginMail.Abstractions;

/// <summary>A message that lies in memory as one block.</summary>
/// <param name="octets">The octets; must not change afterwards.</param>
public sealed class MemoryContent(ReadOnlyMemory<byte> octets) : MessageContent
{
    /// <inheritdoc/>
    public override long Length => octets.Length;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination)
    {
        if (offset >= octets.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> source = octets.Span[(int)offset..];
        int count = Math.Min(source.Length, destination.Length);
        source[..count].CopyTo(destination);
        return count;
    }

    /// <inheritdoc/>
    public override bool TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = octets;
        return true;
    }
}
