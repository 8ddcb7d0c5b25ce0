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
    /// <returns>Whether it showed text, or could have.</returns>
    public static bool Read(ReadOnlyMemory<byte> file, ITextSink sink, TextBudget budget)
    {
        if (file.Span.IndexOf("/Encrypt"u8) >= 0 && IsEncrypted(file.Span))
        {
            budget.Report("an encrypted document");
            return true;
        }

        var objects = PdfObjects.Find(file, budget);
        var fonts = PdfFonts.Read(objects, budget);
        bool any = false;
        foreach (var item in objects.All)
        {
            if (sink.IsFull || !budget.IsInTime())
            {
                return true;
            }

            if (IsContent(item) && PdfObjects.Decode(item, budget) is { } content)
            {
                var writer = new PdfContent(sink, fonts);
                any |= writer.Run(content.Span, budget);
                sink.Write("\n");
            }
        }

        if (!any)
        {
            budget.Report("a PDF without text that can be read");
        }

        return any;
    }

    // In the trailer or in the dictionary of a cross reference stream; not in text.
    private static bool IsEncrypted(ReadOnlySpan<byte> file)
    {
        int at = file.LastIndexOf("/Encrypt"u8);
        var rest = file[(at + 8)..].TrimStart(" \r\n\t"u8);
        return rest.Length > 0 && (Utf8Parser.TryParse(rest, out int _, out _) || rest.StartsWith("<<"u8));
    }

    // Pages' contents have no type; forms have the subtype Form. All else that is a stream says what it is.
    private static bool IsContent(PdfObject item) => item.HasStream && (item.Names("/Subtype"u8, "/Form"u8)
        || !(item.Has("/Type"u8) || item.Has("/Subtype"u8) || item.Has("/FunctionType"u8) || item.Has("/Length1"u8) || item.Has("/ShadingType"u8)
            || item.Has("/Width"u8) || item.Has("/CIDInit"u8)));
}

/// <summary>An object: its dictionary's octets and its stream's.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Body">Up to the stream, or to its end.</param>
/// <param name="Stream">Its stream as it stands in the file; empty where there is none.</param>
internal sealed record PdfObject(int Number, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Stream)
{
    private static readonly System.Buffers.SearchValues<byte> NameEnds = System.Buffers.SearchValues.Create("()<>[]{}/% \t\r\n\f\0"u8);

    /// <summary>Whether it has a stream.</summary>
    public bool HasStream => !Stream.IsEmpty;

    /// <summary>Whether its dictionary has a key.</summary>
    public bool Has(ReadOnlySpan<byte> key) => Find(key) >= 0;

    /// <summary>Whether a key's value is, or begins with, a name.</summary>
    public bool Names(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name)
    {
        int at = Find(key);
        return at >= 0 && Body.Span[at..].TrimStart(" \r\n\t["u8).StartsWith(name);
    }

    /// <summary>The names that are a key's value: one, or those of an array; none where it is no name.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">How many there may be; one more than this stands for those behind.</param>
    public List<string> NamesOf(ReadOnlySpan<byte> key, int most)
    {
        List<string> names = [];
        int at = Find(key);
        var rest = at < 0 ? default : Body.Span[at..].TrimStart(" \r\n\t\f\0"u8);
        bool isArray = rest is [(byte)'[', ..];
        rest = isArray ? rest[1..].TrimStart(" \r\n\t\f\0"u8) : rest;
        while (rest is [(byte)'/', ..] && names.Count <= most && (isArray || names.Count == 0))
        {
            int end = rest[1..].IndexOfAny(NameEnds);
            var name = end < 0 ? rest[1..] : rest[1..(end + 1)];
            names.Add(System.Text.Encoding.Latin1.GetString(name));
            rest = rest[(name.Length + 1)..].TrimStart(" \r\n\t\f\0"u8);
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
        return at >= 0 && Utf8Parser.TryParse(Body.Span[at..].TrimStart(" \r\n\t"u8), out int value, out _) ? value : -1;
    }

    /// <summary>Behind a key.</summary>
    public int Find(ReadOnlySpan<byte> key)
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
