using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>Text of unstructured header fields: unfolding (RFC 5322 section 2.2.3), encoded words (RFC 2047) and raw UTF-8 (RFC 6532).</summary>
public static class HeaderText
{
    /// <summary>Removes the folding and the white space around the value; bytes that are no UTF-8 are read as windows-1252.</summary>
    public static string Unfold(ReadOnlySpan<byte> rawValue)
    {
        using var unfolded = new RentedBytes(rawValue.Length);
        return CharsetDecoder.DecodeUnlabelled(unfolded.Written(Unfold(rawValue, unfolded.Span)), out _);
    }

    /// <summary>
    /// Unfolds and decodes encoded words. White space between adjacent encoded words is dropped, and a character split over two words of
    /// the same charset is put together. Words that cannot be decoded stay as they stand.
    /// </summary>
    public static DecodedText Decode(ReadOnlySpan<byte> rawValue)
    {
        using var rented = new RentedBytes(rawValue.Length);
        ReadOnlySpan<byte> text = rented.Written(Unfold(rawValue, rented.Span));
        if (text.IndexOf("=?"u8) < 0)
        {
            var plain = CharsetDecoder.DecodeUnlabelled(text, out var intact);
            return new DecodedText(plain, intact);
        }
        return DecodeWords(text);
    }

    /// <summary>Decodes text that came as characters, such as a display name taken from a quoted string.</summary>
    public static DecodedText Decode(string text) => text.Contains("=?", StringComparison.Ordinal)
        ? Decode(Encoding.UTF8.GetBytes(text))
        : new DecodedText(text, true);

    /// <summary>Decoded text as one line: line ends and NULs, which encoded words and parameters can bring in, become spaces.</summary>
    /// <param name="decoded">The text.</param>
    /// <returns>The same text where it has none.</returns>
    public static string OneLine(string decoded) => decoded.AsSpan().IndexOfAny('\r', '\n', '\0') < 0
        ? decoded
        : decoded.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ');

    internal static int Unfold(ReadOnlySpan<byte> rawValue, Span<byte> destination)
    {
        rawValue = rawValue.Trim(" \t\r\n"u8);
        var written = 0;
        while (!rawValue.IsEmpty)
        {
            var end = rawValue.IndexOfAny((byte)'\r', (byte)'\n');
            var run = end < 0 ? rawValue : rawValue[..end];
            run.CopyTo(destination[written..]);
            written += run.Length;
            rawValue = rawValue[run.Length..].TrimStart("\r\n"u8);
        }
        return written;
    }

    private static DecodedText DecodeWords(ReadOnlySpan<byte> text)
    {
        var result = new StringBuilder(text.Length);
        var pending = new ArrayBufferWriter<byte>(64);
        CharsetDecoder? pendingCharset = null;
        var complete = true;
        var afterWord = false;
        var plainStart = 0;
        var position = 0;
        var lastTerminator = text.LastIndexOf("?="u8);
        while (position <= lastTerminator)
        {
            var start = text[position..].IndexOf("=?"u8);
            if (start < 0)
            {
                break;
            }
            start += position;
            if (!EncodedWord.TryRead(text[start..], lastTerminator - start, out var word))
            {
                position = start + 2;
                continue;
            }
            var charset = word.FindCharset();
            if (charset is null)
            {
                complete = false;
                position = start + word.Length;
                continue;
            }
            var between = text[plainStart..start];
            var joins = afterWord && between.Trim(" \t"u8).IsEmpty;
            if (pendingCharset is not null && (!joins || !charset.Equals(pendingCharset)))
            {
                Flush(result, pending, pendingCharset, ref complete);
            }
            if (!joins)
            {
                AppendPlain(result, between, ref complete);
            }
            pendingCharset = charset;
            word.DecodeTo(pending);
            position = plainStart = start + word.Length;
            afterWord = true;
        }
        Flush(result, pending, pendingCharset, ref complete);
        AppendPlain(result, text[plainStart..], ref complete);
        return new DecodedText(result.ToString(), complete);
    }

    private static void AppendPlain(StringBuilder result, ReadOnlySpan<byte> plain, ref bool complete)
    {
        if (!plain.IsEmpty)
        {
            result.Append(CharsetDecoder.DecodeUnlabelled(plain, out var intact));
            complete &= intact;
        }
    }

    private static void Flush(StringBuilder result, ArrayBufferWriter<byte> pending, CharsetDecoder? charset, ref bool complete)
    {
        if (charset is not null && pending.WrittenCount > 0)
        {
            result.Append(charset.Decode(pending.WrittenSpan, out var intact));
            complete &= intact;
            pending.ResetWrittenCount();
        }
    }
}
