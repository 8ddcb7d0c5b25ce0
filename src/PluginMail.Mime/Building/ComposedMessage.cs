using System.Buffers;

namespace PluginMail.Mime;

/// <summary>
/// A finished message as a sequence of pieces. Pieces of an attached original are those its owner gave, so a large one is never put
/// together in memory.
/// </summary>
/// <param name="Segments">The message's bytes; may be enumerated as often as the attached originals can be.</param>
public sealed record ComposedMessage(IEnumerable<ReadOnlyMemory<byte>> Segments)
{
    /// <summary>Copies the message to a buffer writer.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (var segment in Segments)
        {
            output.Write(segment.Span);
        }
    }

    /// <summary>Writes the message to a stream.</summary>
    public async ValueTask WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        foreach (var segment in Segments)
        {
            await stream.WriteAsync(segment, cancellationToken);
        }
    }

    /// <summary>The message in one array; meant for small ones.</summary>
    public byte[] ToArray()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
