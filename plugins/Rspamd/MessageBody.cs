using System.Buffers;
using System.Net;
using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.Rspamd;

/// <summary>A message as a request's body, of which one chunk at a time is in memory.</summary>
internal sealed class MessageBody(MessageContent content) : HttpContent
{
    private const int ChunkLength = 64 * 1024;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            int count;
            for (long offset = 0; (count = NotAskedException.Read(content, offset, buffer.AsSpan(0, ChunkLength))) > 0; offset += count)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}
