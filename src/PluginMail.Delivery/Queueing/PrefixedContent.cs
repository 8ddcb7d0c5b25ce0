using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>A message with something before it.</summary>
/// <param name="prefix">What stands before it.</param>
/// <param name="content">The message; stays its owner's to dispose.</param>
internal sealed class PrefixedContent(ReadOnlyMemory<byte> prefix, MessageContent content) : MessageContent
{
    /// <inheritdoc/>
    public override long Length => prefix.Length + content.Length;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination)
    {
        int before = 0;
        if (offset < prefix.Length)
        {
            before = Math.Min(destination.Length, prefix.Length - (int)offset);
            prefix.Span.Slice((int)offset, before).CopyTo(destination);
        }

        return before == destination.Length ? before : before + content.Read(offset + before - prefix.Length, destination[before..]);
    }
}
