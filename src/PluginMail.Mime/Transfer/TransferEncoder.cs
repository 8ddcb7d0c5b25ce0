using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace PluginMail.Mime;

/// <summary>Writes base64 and quoted-printable bodies with CRLF line ends (RFC 2045 sections 6.7, 6.8).</summary>
internal static class TransferEncoder
{
    private const int LineBytes = 57;
    private const int MaxLine = 76;

    public static void WriteBase64(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        while (!content.IsEmpty)
        {
            var line = content[..Math.Min(LineBytes, content.Length)];
            var destination = output.GetSpan(MaxLine + 2);
            Base64.EncodeToUtf8(line, destination, out _, out var written);
            "\r\n"u8.CopyTo(destination[written..]);
            output.Advance(written + 2);
            content = content[line.Length..];
        }
    }

    /// <summary>Encodes text whose lines end with CRLF.</summary>
    public static void WriteQuotedPrintable(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf("\r\n"u8);
            WriteQuotedLine(end < 0 ? text : text[..end], output);
            if (end < 0)
            {
                return;
            }
            output.Write("\r\n"u8);
            text = text[(end + 2)..];
        }
    }

    private static void WriteQuotedLine(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        var column = 0;
        Span<byte> escaped = stackalloc byte[3];
        for (var i = 0; i < line.Length; i++)
        {
            var octet = line[i];
            var isLast = i == line.Length - 1;
            var isLiteral = octet is >= 33 and <= 126 and not (byte)'=' || (octet is (byte)' ' or (byte)'\t' && !isLast);
            var width = isLiteral ? 1 : 3;
            if (column + width > MaxLine - (isLast ? 0 : 1))
            {
                output.Write("=\r\n"u8);
                column = 0;
            }
            if (isLiteral)
            {
                output.Write([octet]);
            }
            else
            {
                escaped[0] = (byte)'=';
                octet.TryFormat(escaped[1..], out _, "X2", CultureInfo.InvariantCulture);
                output.Write(escaped);
            }
            column += width;
        }
    }
}
