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
    private readonly PdfStreams _streams;
    private long _walkLeft;

    private PdfObjects(ReadOnlyMemory<byte> file)
    {
        _streams = new PdfStreams(file);

        // Each octet is walked once, unless a file is made to have it walked again and again.
        _walkLeft = LongestBody + (4L * file.Length);
    }

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<PdfObject> All => _all;

    /// <summary>An object by its number; the last one in the file counts.</summary>
    public PdfObject? this[int number] => _byNumber.GetValueOrDefault(number);

    /// <summary>Finds the objects of a file.</summary>
    public static PdfObjects Find(ReadOnlyMemory<byte> file, TextBudget budget)
    {
        var objects = new PdfObjects(file);
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
            int next = span[at..].IndexOf("obj"u8);
            if (next < 0)
            {
                return;
            }

            int start = at + next + 3;
            int number = PdfStreams.NumberBefore(span, at + next);
            if (number < 0)
            {
                at = start;
                continue;
            }

            at = Add(file, number, start, budget);
        }
    }

    private int Add(ReadOnlyMemory<byte> file, int number, int start, TextBudget budget)
    {
        var span = file.Span[start..];
        var near = span[..Math.Min(span.Length, LongestBody)];
        int end = BodyEnd(near, budget);
        var item = new PdfObject(number, PdfNames.Plain(file.Slice(start, end)), default);
        if (!near[end..].StartsWith("stream"u8))
        {
            Keep(item);
            return start + end;
        }

        int data = end + 6;
        data += data < span.Length && span[data] == '\r' ? 1 : 0;
        data += data < span.Length && span[data] == '\n' ? 1 : 0;
        int last = _streams.EndOf(item, start + data);
        Keep(item with { Stream = file[(start + data)..last] });
        return last;
    }

    private int BodyEnd(ReadOnlySpan<byte> near, TextBudget budget)
    {
        int end = _walkLeft > 0 ? PdfNames.BodyEnd(near) : -1;
        if (end >= 0)
        {
            _walkLeft -= end;
            return end;
        }

        // A string without an end.
        if (_walkLeft <= 0)
        {
            budget.Report("a damaged document");
        }

        _walkLeft -= near.Length;
        end = near.IndexOf("endobj"u8);
        end = end < 0 ? near.Length : end;
        int stream = near[..end].IndexOf("stream"u8);
        return stream < 0 ? end : stream;
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

        // No octet belongs to two objects, so that all of them together are no longer than the stream; those at one place are one.
        places.Sort((one, other) => one.Offset.CompareTo(other.Offset));
        PdfObject? kept = null;
        for (int i = 0; i < places.Count && _all.Count < MostObjects && budget.IsInTime(); i++)
        {
            if (kept is not null && places[i].Offset == places[i - 1].Offset)
            {
                _byNumber[places[i].Number] = kept;
                continue;
            }

            long start = (long)first + places[i].Offset;
            int following = places.FindIndex(i, place => place.Offset > places[i].Offset);
            long end = following < 0 ? content.Length : Math.Min((long)first + places[following].Offset, content.Length);
            kept = start <= end ? new PdfObject(places[i].Number, PdfNames.Plain(content[(int)start..(int)end]), default) : null;
            if (kept is not null)
            {
                Keep(kept);
            }
        }
    }

    private static bool TakeInteger(ref ReadOnlySpan<byte> text, out int value)
    {
        text = PdfNames.TrimBlanks(text);
        bool any = Utf8Parser.TryParse(text, out value, out int used);
        text = text[used..];
        return any && value >= 0;
    }
}
