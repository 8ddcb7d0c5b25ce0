using System.Buffers.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The text of PDF files (ISO 32000-1), read without trusting their structure: all objects are found by looking for them, so that a damaged
/// or misleading cross reference hides nothing. Text is written in the order of the content streams, decoded by each font's ToUnicode map,
/// or as Latin text without one.
/// </summary>
internal static class PdfText
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">Its octets.</param>
    /// <param name="sink">Takes the text.</param>
    /// <param name="budget">The budget; each attached file takes an entry.</param>
    /// <param name="leaf">Takes the files that are attached to it.</param>
    /// <returns>Whether its pages showed text, or could have.</returns>
    public static bool Read(ReadOnlyMemory<byte> file, ITextSink sink, TextBudget budget, Action<ReadOnlyMemory<byte>> leaf)
    {
        var objects = PdfEncryption.IsSaid(file) ? null : PdfObjects.Find(file, budget);
        if (objects is null || PdfEncryption.IsSaid(objects))
        {
            budget.Report("an encrypted document");
            return true;
        }

        var contents = ContentsOfPages(objects);
        var fonts = PdfFonts.Read(objects, budget);
        var values = new PdfValues(objects, sink, budget);
        values.Write();
        var beside = values.Forms.SelectMany(pieces => pieces).Concat(values.Files).Concat(values.Texts).ToHashSet();
        bool any = false;
        foreach (var item in objects.All)
        {
            if (sink.IsFull || !budget.IsInTime())
            {
                return true;
            }

            if (item.HasStream && (contents.Contains(item.Number) || IsForm(item) || (IsContent(item) && !beside.Contains(item.Number)))
                && PdfObjects.Decode(item, budget) is { } content)
            {
                var writer = new PdfContent(sink, fonts);
                any |= writer.Run(content.Span, budget);
                sink.Write("\n");
            }
        }

        sink.Break();
        ReadBeside(objects, values, sink, budget, leaf);
        if (!any)
        {
            budget.Report("a PDF without text that can be read");
        }

        return any;
    }

    private static void ReadBeside(PdfObjects objects, PdfValues values, ITextSink sink, TextBudget budget, Action<ReadOnlyMemory<byte>> leaf)
    {
        foreach (var item in objects.All)
        {
            if (sink.IsFull || !budget.IsInTime())
            {
                return;
            }

            bool isFile = item.HasStream && (item.Names("/Type"u8, "/EmbeddedFile"u8) || values.Files.Contains(item.Number));
            if (isFile)
            {
                if (!budget.TakeEntry())
                {
                    return;
                }

                budget.Attempt(() => leaf(Whole(item, budget)));
            }
            else if (item.HasStream && values.Texts.Contains(item.Number))
            {
                values.Write(Whole(item, budget).Span);
            }
            else if (item.HasStream && item.Names("/Type"u8, "/Metadata"u8))
            {
                XmlText.CopyMetadata(Whole(item, budget).AsReadOnlyStream(), sink, budget);
            }
        }

        foreach (var pieces in values.Forms)
        {
            budget.Attempt(() => ReadForm(pieces, objects, sink, budget));
            sink.Break();
        }
    }

    // Nothing, and reported, where it has a filter that is not known, or one of images.
    private static ReadOnlyMemory<byte> Whole(PdfObject item, TextBudget budget)
    {
        var content = PdfObjects.Decode(item, budget);
        if (content is null)
        {
            budget.Report("a PDF with a part of a form that is not read");
        }

        return content ?? default;
    }

    private static void ReadForm(IReadOnlyList<int> pieces, PdfObjects objects, ITextSink sink, TextBudget budget)
    {
        using var form = new MemoryStream();
        foreach (int number in pieces)
        {
            var piece = objects[number] is { HasStream: true } item ? Whole(item, budget) : default;
            if (form.Length + piece.Length > budget.Limits.MaximumSize)
            {
                budget.Report("a document that is larger than is looked at");
                break;
            }

            form.Write(piece.Span);
        }

        form.Position = 0;
        XmlText.Copy(form, isOffice: null, sink, budget);
    }

    // Of pages, whatever their streams call themselves; "12 0 R", an array of these, or a reference to one.
    private static HashSet<int> ContentsOfPages(PdfObjects objects)
    {
        HashSet<int> contents = [];
        foreach (var item in objects.All)
        {
            var body = item.Body.Span;
            int next;
            while ((next = body.IndexOf("/Contents"u8)) >= 0)
            {
                body = body[(next + 9)..];
                AddReferences(body, objects, contents, isInArray: false);
            }
        }

        return contents;
    }

    private static void AddReferences(ReadOnlySpan<byte> value, PdfObjects objects, HashSet<int> references, bool isInArray)
    {
        value = PdfNames.TrimBlanks(value);
        bool isArray = value is [(byte)'[', ..];
        value = isArray ? value[1..] : value;
        do
        {
            value = PdfNames.TrimBlanks(value);
            if (!Utf8Parser.TryParse(value, out int number, out int used))
            {
                return;
            }

            value = PdfNames.TrimBlanks(value[used..]);
            if (!Utf8Parser.TryParse(value, out int _, out used) || PdfNames.TrimBlanks(value[used..]) is not [(byte)'R', .. var rest])
            {
                return;
            }

            if (references.Add(number) && !isInArray && objects[number] is { HasStream: false } array && PdfNames.TrimBlanks(array.Body.Span) is [(byte)'[', ..])
            {
                AddReferences(array.Body.Span, objects, references, isInArray: true);
            }

            value = rest;
        }
        while (isArray);
    }

    // Forms have the subtype Form, patterns a type of theirs.
    private static bool IsForm(PdfObject item) => item.Names("/Subtype"u8, "/Form"u8) || item.Has("/PatternType"u8);

    // All else that is a stream and no page's says what it is.
    private static bool IsContent(PdfObject item) => !(item.Has("/Type"u8) || item.Has("/Subtype"u8) || item.Has("/FunctionType"u8) || item.Has("/Length1"u8) || item.Has("/ShadingType"u8)
            || item.Has("/Width"u8) || item.Has("/CIDInit"u8));
}

/// <summary>An object: its dictionary's octets and its stream's.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Body">Up to the stream, or to its end.</param>
/// <param name="Stream">Its stream as it stands in the file; empty where there is none.</param>
internal sealed record PdfObject(int Number, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Stream)
{
    /// <summary>Whether it has a stream.</summary>
    public bool HasStream => !Stream.IsEmpty;

    /// <summary>Whether its dictionary has a key.</summary>
    public bool Has(ReadOnlySpan<byte> key) => Find(key) >= 0;

    /// <summary>Whether a key's value is, or begins with, a name.</summary>
    public bool Names(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name)
    {
        int at = Find(key);
        return at >= 0 && PdfNames.TrimBlanks(Body.Span[at..]).TrimStart("[ "u8).StartsWith(name);
    }

    /// <summary>The names that are a key's value: one, or those of an array; none where it is no name. Keys of dictionaries within are others.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">How many there may be; one more than this stands for those behind.</param>
    public List<string> NamesOf(ReadOnlySpan<byte> key, int most)
    {
        List<string> names = [];
        int at = Body.Span.Count("<<"u8) > 1 ? FindOwn(key) : FindAny(key);
        var rest = at < 0 ? default : PdfNames.TrimBlanks(Body.Span[at..]);
        bool isArray = rest is [(byte)'[', ..];
        rest = isArray ? PdfNames.TrimBlanks(rest[1..]) : rest;
        while (rest is [(byte)'/', ..] && names.Count <= most && (isArray || names.Count == 0))
        {
            int end = rest[1..].IndexOfAny(PdfNames.Ends);
            var name = end < 0 ? rest[1..] : rest[1..(end + 1)];
            names.Add(System.Text.Encoding.Latin1.GetString(name));
            rest = PdfNames.TrimBlanks(rest[(name.Length + 1)..]);
        }

        // A reference to an object that names the filter, or null.
        if (names.Count == 0 && rest is [>= (byte)'0' and <= (byte)'9', ..])
        {
            names.Add("");
        }

        return names;
    }

    /// <summary>The number that is a key's value, or the object that it refers to; -1 where there is none.</summary>
    public int Integer(ReadOnlySpan<byte> key)
    {
        int at = Find(key);
        return at >= 0 && Utf8Parser.TryParse(PdfNames.TrimBlanks(Body.Span[at..]), out int value, out _) ? value : -1;
    }

    /// <summary>Behind a key: of the dictionary itself where it has it, or else of one in it.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        int at = FindAny(key);
        return at >= 0 && Body.Span.Count("<<"u8) > 1 && FindOwn(key) is >= 0 and var own ? own : at;
    }

    private int FindOwn(ReadOnlySpan<byte> key)
    {
        var body = Body.Span;
        int depth = 0;
        for (int at = 0; at < body.Length;)
        {
            bool isOpening = body[at..].StartsWith("<<"u8);
            bool isClosing = body[at..].StartsWith(">>"u8);
            int length = isOpening || isClosing ? 2 : PdfNames.Token(body[at..]);
            depth += isOpening ? 1 : isClosing ? -1 : 0;
            at += length;
            if (depth == 1 && body[(at - length)..at].SequenceEqual(key))
            {
                return at;
            }
        }

        return -1;
    }

    private int FindAny(ReadOnlySpan<byte> key)
    {
        var body = Body.Span;
        int at = 0;
        while (true)
        {
            int next = body[at..].IndexOf(key);
            if (next < 0)
            {
                return -1;
            }

            at += next + key.Length;
            if (at >= body.Length || !(char.IsAsciiLetterOrDigit((char)body[at]) || body[at] == '_'))
            {
                return at;
            }
        }
    }
}
