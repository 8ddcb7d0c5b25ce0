using System.Buffers;

namespace PluginMail.Dlp.Text;

/// <summary>Reads text as it is.</summary>
internal static class PlainText
{
    private const int BufferLength = 16 * 1024;

    /// <summary>Reads a text to its end.</summary>
    public static void Read(Stream stream, string? charset, ITextSink sink)
    {
        byte[] octets = ArrayPool<byte>.Shared.Rent(BufferLength);
        char[] characters = ArrayPool<char>.Shared.Rent(BufferLength + 16);
        try
        {
            int count = stream.ReadAtLeast(octets.AsSpan(0, BufferLength), 512, throwOnEndOfStream: false);
            var decoder = Charsets.Of(charset, octets.AsSpan(0, count)).GetDecoder();
            while (count > 0 && !sink.IsFull)
            {
                for (int offset = 0; offset < count;)
                {
                    decoder.Convert(octets, offset, count - offset, characters, 0, characters.Length, flush: false, out int used, out int made, out _);
                    sink.Write(characters.AsSpan(0, made));
                    offset += used;
                }

                count = stream.Read(octets, 0, BufferLength);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets, clearArray: true);
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
        }
    }
}
