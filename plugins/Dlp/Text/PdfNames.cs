using System.Buffers;
using System.Globalization;

namespace PluginMail.Dlp.Text;

/// <summary>What objects of PDF are made of (ISO 32000-1 section 7.2 and 7.3): strings and comments that hide keys, and names that are written otherwise.</summary>
internal static class PdfNames
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n\f\0"u8);

    /// <summary>Characters that end a name, a number or a word.</summary>
    public static SearchValues<byte> Ends { get; } = SearchValues.Create("()<>[]{}/% \t\r\n\f\0"u8);

    /// <summary>Without the blanks that it begins with.</summary>
    public static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text)
    {
        int start = text.IndexOfAnyExcept(Blanks);
        return start < 0 ? default : text[start..];
    }

    /// <summary>Whether an octet is a blank (section 7.2.2, table 1).</summary>
    public static bool IsBlank(byte octet) => Blanks.Contains(octet);

    /// <summary>A dictionary without its comments, and with its names as they are meant.</summary>
    public static ReadOnlyMemory<byte> Plain(ReadOnlyMemory<byte> body)
    {
        var from = body.Span;
        if (!from.ContainsAny((byte)'#', (byte)'%'))
        {
            return body;
        }

        byte[] plain = new byte[from.Length];
        int count = 0;
        for (int at = 0; at < from.Length;)
        {
            int length = Token(from[at..]);
            var token = from.Slice(at, length);
            if (token[0] == '/')
            {
                count += Unescape(token, plain.AsSpan(count));
            }
            else if (token[0] == '%')
            {
                plain[count++] = (byte)' ';
            }
            else
            {
                token.CopyTo(plain.AsSpan(count));
                count += length;
            }

            at += length;
        }

        return plain.AsMemory(0, count);
    }

    /// <summary>Where the stream of an object begins, or where the object ends: strings and comments may have these words in them.</summary>
    /// <returns>-1 where neither is said.</returns>
    public static int BodyEnd(ReadOnlySpan<byte> text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = Token(text[at..]);
            var token = text.Slice(at, length);
            if (token.StartsWith("stream"u8))
            {
                return at;
            }

            // The next object begins where the end of this one is not said.
            if (token.EndsWith("obj"u8) && token[0] != '/')
            {
                return at + length - (token.EndsWith("endobj"u8) ? 6 : 3);
            }

            at += length;
        }

        return -1;
    }

    /// <summary>Writes a name without its escapes; those of characters that end a name stay.</summary>
    /// <returns>How many octets.</returns>
    public static int Unescape(ReadOnlySpan<byte> name, Span<byte> target)
    {
        int count = 0;
        for (int i = 0; i < name.Length; i++)
        {
            bool isEscape = name[i] == '#' && i + 2 < name.Length && char.IsAsciiHexDigit((char)name[i + 1]) && char.IsAsciiHexDigit((char)name[i + 2]);
            byte octet = isEscape ? byte.Parse(name.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : name[i];
            bool isMeant = isEscape && !Ends.Contains(octet);
            target[count++] = isMeant ? octet : name[i];
            i += isMeant ? 2 : 0;
        }

        return count;
    }

    /// <summary>How long the first piece of a text is: a string, a comment, a name, a word, or one octet; never empty.</summary>
    public static int Token(ReadOnlySpan<byte> text)
    {
        switch (text[0])
        {
            case (byte)'(':
                return Literal(text);
            case (byte)'%':
                int line = text.IndexOfAny((byte)'\r', (byte)'\n');
                return line < 0 ? text.Length : line;
            case (byte)'/':
                int name = text[1..].IndexOfAny(Ends);
                return name < 0 ? text.Length : name + 1;
            default:
                int end = text.IndexOfAny(Ends);
                return end < 0 ? text.Length : Math.Max(end, 1);
        }
    }

    // To the end of the text where it has none.
    private static int Literal(ReadOnlySpan<byte> text)
    {
        int depth = 0;
        for (int at = 0; at < text.Length; at++)
        {
            int next = text[at..].IndexOfAny((byte)'(', (byte)')', (byte)'\\');
            if (next < 0)
            {
                break;
            }

            at += next;
            depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
            at += text[at] == '\\' ? 1 : 0;
            if (depth == 0)
            {
                return Math.Min(at + 1, text.Length);
            }
        }

        return text.Length;
    }
}
