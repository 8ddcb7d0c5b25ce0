using System.Buffers;
using PluginMail.Abstractions;

namespace PluginMail.Milter.Messages;

/// <summary>Where a message's body is.</summary>
internal static class MessageBody
{
    private const int BlockLength = 16 * 1024;

    /// <summary>The first octet after the empty line; the end where there is none.</summary>
    public static long Start(MessageContent content)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            bool isLineEmpty = true;
            long offset = 0;
            for (int count; (count = content.Read(offset, block)) > 0; offset += count)
            {
                for (int i = 0; i < count; i++)
                {
                    if (block[i] == '\n' && isLineEmpty)
                    {
                        return offset + i + 1;
                    }

                    isLineEmpty = block[i] == '\n' || (block[i] == '\r' && isLineEmpty);
                }
            }

            return offset;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
