using System.Buffers.Text;

namespace PluginMail.Dlp.Text;

/// <summary>The objects of a PDF file, those in object streams (ISO 32000-1 section 7.5.7) too.</summary>
internal sealed class PdfObjects
{
    private const int MostObjects = 500_000;
    private const int LongestBody = 1 << 20;
    private const int MostFilters = 8;

    private readonly Dictionary<int, PdfObject> _byNumber = [];
    private readonly List<PdfObject> _all = [];

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<PdfObject> All => _all;

    /// <summary>An object by its number; the last one in the file counts.</summary>
    public PdfObject? this[int number] => _byNumber.GetValueOrDefault(number);

    /// <summary>Finds the objects of a file.</summary>
    public static PdfObjects Find(ReadOnlyMemory<byte> file, TextBudget budget)
    {
        var objects = new PdfObjects();
        objects.Scan(file, budget);
        foreach (var item in objects._all.Where(item => item.Names("/Type"u8, "/ObjStm"u8)).ToList())
        {
            objects.Unpack(item, budget);
        }

        return objects;
    }

    /// <summary>A stream without its filters; null, and reported, where it has one that is not known. Those of images are no text.</summary>
    public static ReadOnlyMemory<byte>? Decode(PdfObject item, TextBudget budget)
    {
        var content = item.Stream;
        foreach (string filter in item.NamesOf("/Filter"u8, MostFilters))
        {
            if (PdfFilters.IsOfImages(filter))
            {
                return null;
            }

            if (PdfFilters.Decode(filter, content, budget) is not { } decoded)
            {
                budget.Report("a PDF with a part of a form that is not read");
                return null;
            }

            content = filter is "FlateDecode" or "Fl" or "LZWDecode" or "LZW" ? PdfFilters.Unpredict(decoded, item) : decoded;
        }

        return content;
    }

    private void Scan(ReadOnlyMemory<byte> file, TextBudget budget)
    {
        var span = file.Span;
        int at = 0;
        while (_all.Count < MostObjects && budget.IsInTime())
        {
            int next = span[at..].IndexOf(" obj"u8);
            if (next < 0)
            {
                return;
            }

            int start = at + next + 4;
            int number = NumberBefore(span, at + next);
            if (number < 0)
            {
                at = start;
                continue;
            }

            at = Add(file, number, start);
        }
    }

    // "12 0 obj": the number stands before the generation.
    private static int NumberBefore(ReadOnlySpan<byte> file, int end)
    {
        int at = end;
        while (at > 0 && char.IsAsciiDigit((char)file[at - 1]))
        {
            at--;
        }

        int space = at;
        while (at > 0 && file[at - 1] is (byte)' ' or (byte)'\n' or (byte)'\r')
        {
            at--;
        }

        int numberEnd = at;
        while (at > 0 && numberEnd - at < 8 && char.IsAsciiDigit((char)file[at - 1]))
        {
            at--;
        }

        return space < end && numberEnd < space && Utf8Parser.TryParse(file[at..numberEnd], out int number, out _) ? number : -1;
    }

    private int Add(ReadOnlyMemory<byte> file, int number, int start)
    {
        var span = file.Span[start..];
        var near = span[..Math.Min(span.Length, LongestBody)];
        int end = near.IndexOf("endobj"u8);
        int stream = near[..(end < 0 ? near.Length : end)].IndexOf("stream"u8);
        if (stream < 0)
        {
            end = end < 0 ? near.Length : end;
            Keep(new PdfObject(number, file.Slice(start, end), default));
            return start + end;
        }

        int data = stream + 6;
        data += data < span.Length && span[data] == '\r' ? 1 : 0;
        data += data < span.Length && span[data] == '\n' ? 1 : 0;
        var item = new PdfObject(number, file.Slice(start, stream), default);
        int length = item.Integer("/Length"u8);
        int last = length >= 0 && length <= span.Length - data && span[(data + length)..].TrimStart("\r\n "u8).StartsWith("endstream"u8)
            ? data + length
            : span[data..].IndexOf("endstream"u8) is >= 0 and var found ? data + found : span.Length;
        Keep(item with { Stream = file[(start + data)..(start + last)] });
        return start + last;
    }

    private void Keep(PdfObject item)
    {
        _all.Add(item);
        _byNumber[item.Number] = item;
    }

    private void Unpack(PdfObject item, TextBudget budget)
    {
        int count = item.Integer("/N"u8);
        int first = item.Integer("/First"u8);
        if (Decode(item, budget) is not { } content || first < 0 || first > content.Length)
        {
            return;
        }

        var head = content.Span[..first];
        List<(int Number, int Offset)> places = [];
        while (places.Count < Math.Min(count, MostObjects) && budget.IsInTime() && TakeInteger(ref head, out int number) && TakeInteger(ref head, out int offset))
        {
            places.Add((number, offset));
        }

        // Offsets ascend (7.5.7): no octet belongs to two objects, so that all of them together are no longer than the stream.
        long behind = first;
        for (int i = 0; i < places.Count && _all.Count < MostObjects && budget.IsInTime(); i++)
        {
            long start = (long)first + places[i].Offset;
            long end = i + 1 < places.Count ? (long)first + places[i + 1].Offset : content.Length;
            if (start >= behind && start <= end && end <= content.Length)
            {
                Keep(new PdfObject(places[i].Number, content[(int)start..(int)end], default));
                behind = end;
            }
        }
    }

    private static bool TakeInteger(ref ReadOnlySpan<byte> text, out int value)
    {
        text = text.TrimStart(" \r\n\t"u8);
        bool any = Utf8Parser.TryParse(text, out value, out int used);
        text = text[used..];
        return any && value >= 0;
    }
}
