using PluginMail.Abstractions;

namespace PluginMail.SpamAssassin;

/// <summary>A message as spamd gets it: with another field above it in place of the one that this server put there.</summary>
/// <param name="above">The octets that go above it.</param>
/// <param name="message">The message.</param>
/// <param name="own">Where this server's own field is in it; of no length where it is not.</param>
internal sealed class TracedContent(ReadOnlyMemory<byte> above, MessageContent message, (long Start, long Length) own) : MessageContent
{
    /// <inheritdoc/>
    public override long Length => above.Length + message.Length - own.Length;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination)
    {
        int count = 0;
        for (int read; (read = ReadSome(offset + count, destination[count..])) > 0;)
        {
            count += read;
        }

        return count;
    }

    /// <summary>Reads up to the end of one of the three stretches: the field, what is above the own one, what is below.</summary>
    private int ReadSome(long offset, Span<byte> room)
    {
        if (offset < above.Length)
        {
            var source = above.Span[(int)offset..];
            int count = Math.Min(source.Length, room.Length);
            source[..count].CopyTo(room);
            return count;
        }

        offset -= above.Length;
        return offset < own.Start
            ? message.Read(offset, room[..(int)Math.Min(room.Length, own.Start - offset)])
            : message.Read(offset + own.Length, room);
    }
}
