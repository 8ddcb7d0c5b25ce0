using System.Buffers;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>Reads text as it is.</summary>
internal static class PlainText
{
    private const int BufferLength = 16 * 1024;
    private const int SniffLength = 512;

    /// <summary>Writes octets that are there, of a charset that nobody says.</summary>
    public static void Write(ReadOnlySpan<byte> octets, ITextSink sink)
    {
        char[] characters = ArrayPool<char>.Shared.Rent(BufferLength + 16);
        var decoder = Charsets.Of(null, octets[..Math.Min(octets.Length, SniffLength)]).GetDecoder();
        while (!octets.IsEmpty && !sink.IsFull)
        {
            decoder.Convert(octets, characters, flush: false, out int used, out int made, out _);
            sink.Write(characters.AsSpan(0, made));
            octets = octets[used..];
        }

        ArrayPool<char>.Shared.Return(characters, clearArray: true);
    }

    /// <summary>Reads a text to its end.</summary>
    /// <param name="stream">Its octets.</param>
    /// <param name="charset">Its charset; null where none is said.</param>
    /// <param name="sink">Takes the text.</param>
    /// <returns>Whether it was one: octets that begin as a text and go on as something else are none.</returns>
    public static bool Read(Stream stream, string? charset, ITextSink sink)
    {
        long controls = 0;
        long octetsInAll = 0;
        byte[] octets = ArrayPool<byte>.Shared.Rent(BufferLength);
        char[] characters = ArrayPool<char>.Shared.Rent(BufferLength + 16);
        try
        {
            int count = stream.ReadAtLeast(octets.AsSpan(0, BufferLength), SniffLength, throwOnEndOfStream: false);
            var encoding = Charsets.Of(charset, octets.AsSpan(0, count));
            bool isNarrow = encoding is not (UnicodeEncoding or UTF32Encoding);
            var decoder = encoding.GetDecoder();
            while (count > 0 && !sink.IsFull)
            {
                controls += isNarrow ? TextOctets.Controls(octets.AsSpan(0, count)) : 0;
                octetsInAll += count;
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

        return TextOctets.IsText(controls, octetsInAll);
    }
}
