using System.Buffers.Text;

namespace PluginMail.Dlp.Text;

/// <summary>Tells where the streams of a PDF file end (ISO 32000-1 section 7.3.8): by their length, which may be an object of its own, or by what follows.</summary>
internal sealed class PdfStreams(ReadOnlyMemory<byte> file)
{
    private const int MostLengths = 100_000;
    private const int EndLength = 9;
    private Dictionary<int, int>? _integers;

    // The first end that looks like one, of those behind the last place that was asked for.
    private int _likely = -1;

    /// <summary>Where a stream ends.</summary>
    /// <param name="item">Its dictionary.</param>
    /// <param name="start">Where it begins.</param>
    public int EndOf(PdfObject item, int start)
    {
        var span = file.Span;
        int length = LengthOf(item);
        if (length >= 0 && length <= span.Length - start && PdfNames.TrimBlanks(span[(start + length)..]).StartsWith("endstream"u8))
        {
            return start + length;
        }

        if (_likely < start)
        {
            _likely = Likely(span, start);
        }

        return _likely < span.Length ? _likely : span[start..].IndexOf("endstream"u8) is >= 0 and var found ? start + found : span.Length;
    }

    /// <summary>The number of an object that ends at its word "obj": "12 0 obj"; -1 where there is none.</summary>
    public static int NumberBefore(ReadOnlySpan<byte> text, int end)
    {
        int generationEnd = SkipBack(text, end, PdfNames.IsBlank);
        int generation = SkipBack(text, generationEnd, IsDigit);
        int numberEnd = SkipBack(text, generation, PdfNames.IsBlank);
        int number = Math.Max(SkipBack(text, numberEnd, IsDigit), numberEnd - 8);
        return generation < generationEnd && numberEnd < generation && Utf8Parser.TryParse(text[number..numberEnd], out int value, out _) ? value : -1;
    }

    private int LengthOf(PdfObject item)
    {
        int at = item.Find("/Length"u8);
        var rest = at < 0 ? default : PdfNames.TrimBlanks(item.Body.Span[at..]);
        if (!Utf8Parser.TryParse(rest, out int value, out int used))
        {
            return -1;
        }

        rest = PdfNames.TrimBlanks(rest[used..]);
        bool isReference = Utf8Parser.TryParse(rest, out int _, out used) && PdfNames.TrimBlanks(rest[used..]) is [(byte)'R', ..];
        return isReference ? (_integers ??= Integers(file.Span)).GetValueOrDefault(value, -1) : value;
    }

    // "12 0 obj 345 endobj": the last one of a number counts.
    private static Dictionary<int, int> Integers(ReadOnlySpan<byte> file)
    {
        Dictionary<int, int> integers = [];
        int next;
        for (int at = 0; integers.Count < MostLengths && (next = file[at..].IndexOf("obj"u8)) >= 0;)
        {
            at += next + 3;
            var rest = PdfNames.TrimBlanks(file[at..]);
            if (Utf8Parser.TryParse(rest, out int value, out int used) && PdfNames.TrimBlanks(rest[used..]).StartsWith("endobj"u8)
                && NumberBefore(file, at - 3) is >= 0 and var number)
            {
                integers[number] = value;
            }
        }

        return integers;
    }

    private static int Likely(ReadOnlySpan<byte> file, int at)
    {
        int next;
        while ((next = file[at..].IndexOf("endstream"u8)) >= 0)
        {
            if (IsBetweenObjects(file[(at + next + EndLength)..]))
            {
                return at + next;
            }

            at += next + EndLength;
        }

        return file.Length;
    }

    private static bool IsBetweenObjects(ReadOnlySpan<byte> text)
    {
        text = PdfNames.TrimBlanks(text);
        if (text.IsEmpty || text[0] == '%' || text.StartsWith("endobj"u8) || text.StartsWith("xref"u8) || text.StartsWith("trailer"u8) || text.StartsWith("startxref"u8))
        {
            return true;
        }

        int word = text[..Math.Min(text.Length, 32)].IndexOf("obj"u8);
        return word > 0 && NumberBefore(text, word) >= 0;
    }

    private static int SkipBack(ReadOnlySpan<byte> text, int end, Func<byte, bool> isSkipped)
    {
        while (end > 0 && isSkipped(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static bool IsDigit(byte octet) => char.IsAsciiDigit((char)octet);
}
