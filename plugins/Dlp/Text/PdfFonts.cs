using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>What the codes of a font mean.</summary>
/// <param name="Octets">Octets of a code: 1 or 2.</param>
/// <param name="Map">Codes and their text, of its ToUnicode map; null where it has none.</param>
/// <param name="Widths">How wide the characters are.</param>
internal sealed record PdfFont(int Octets, Dictionary<int, string>? Map, PdfWidths Widths)
{
    /// <summary>A font of Latin text.</summary>
    public static PdfFont Latin { get; } = new(1, null, PdfWidths.None);
}

/// <summary>The fonts of a file by the names that its resources give them. Where pages call different fonts by one name, their maps are joined and the first one counts; widths that differ are not known.</summary>
internal sealed class PdfFonts
{
    private const int MostCodes = 1 << 16;
    private const int MostCodesInAll = 1 << 20;
    private const int MostWidthsInAll = 1 << 21;
    private const int MostFonts = 10_000;
    private const int LongestDictionary = 512 * 1024;
    private readonly Dictionary<string, PdfFont> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<(string Name, int Number)> _named = [];
    private int _codesLeft = MostCodesInAll;
    private int _widthsLeft = MostWidthsInAll;

    /// <summary>Finds a font by the name that a content stream calls it.</summary>
    public PdfFont this[string name] => _byName.GetValueOrDefault(name, PdfFont.Latin);

    /// <summary>Reads the fonts of a file.</summary>
    public static PdfFonts Read(PdfObjects objects, TextBudget budget)
    {
        var fonts = new PdfFonts();
        Dictionary<int, PdfFont> read = [];
        HashSet<int> referred = [];
        foreach (var item in objects.All)
        {
            if (!budget.IsInTime())
            {
                break;
            }

            int at = item.Find("/Font"u8);
            if (at < 0 || item.Names("/Type"u8, "/Font"u8))
            {
                continue;
            }

            // Every page refers to the same dictionary, or has one of its own.
            int reference = item.Integer("/Font"u8);
            if (reference < 0 || objects[reference] is not { } other)
            {
                fonts.ReadNames(item.Body.Span[at..], objects, read, budget);
            }
            else if (referred.Add(reference))
            {
                fonts.ReadNames(other.Body.Span, objects, read, budget);
            }
        }

        // A dictionary of fonts in an object of its own is met by reference above.
        return fonts;
    }

    // << /F1 12 0 R /F2 13 0 R >>
    private void ReadNames(ReadOnlySpan<byte> body, PdfObjects objects, Dictionary<int, PdfFont> read, TextBudget budget)
    {
        body = body[..Math.Min(body.Length, LongestDictionary)];
        int open = body.IndexOf("<<"u8);
        int close = body.IndexOf(">>"u8);
        if (open < 0 || close < open)
        {
            return;
        }

        string[] words = Encoding.Latin1.GetString(body[(open + 2)..close]).Replace("/", " /", StringComparison.Ordinal)
            .Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i + 3 < words.Length && _byName.Count < MostFonts && budget.IsInTime(); i++)
        {
            if (words[i][0] == '/' && words[i + 3] == "R" && int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && objects[number] is { } item)
            {
                if (!read.TryGetValue(item.Number, out var font))
                {
                    font = ReadFont(item, objects, budget);
                    read[item.Number] = font;
                }

                string name = words[i][1..];
                if (_named.Add((name, item.Number)))
                {
                    _byName[name] = _byName.TryGetValue(name, out var known) ? Join(known, font, budget) : font;
                }
            }
        }
    }

    private PdfFont Join(PdfFont one, PdfFont other, TextBudget budget)
    {
        _widthsLeft -= one.Widths.Count + other.Widths.Count;
        var widths = one.Octets == other.Octets && _widthsLeft > 0 ? one.Widths.And(other.Widths) : PdfWidths.None;
        if (one.Map is null || other.Map is null)
        {
            return (one.Map is null ? other : one) with { Widths = widths };
        }

        if (one.Octets != other.Octets || !TakeCodes(one.Map.Count + other.Map.Count, budget))
        {
            return one with { Widths = widths };
        }

        var map = new Dictionary<int, string>(one.Map);
        foreach (var (code, text) in other.Map)
        {
            map.TryAdd(code, text);
        }

        return one with { Map = map, Widths = widths };
    }

    // Each code that is assigned counts, the same one again too: maps cost what they say, not what they hold.
    private bool TakeCodes(int count, TextBudget budget)
    {
        _codesLeft -= count;
        if (_codesLeft < 0)
        {
            _codesLeft = 0;
            budget.Report("a PDF with more characters in its fonts than are looked at");
            return false;
        }

        return true;
    }

    private PdfFont ReadFont(PdfObject item, PdfObjects objects, TextBudget budget)
    {
        int octets = item.Names("/Subtype"u8, "/Type0"u8) ? 2 : 1;
        var widths = _widthsLeft > 0 ? PdfWidths.Read(item, octets == 2, objects) : PdfWidths.None;
        _widthsLeft -= widths.Count;
        int reference = item.Integer("/ToUnicode"u8);
        return reference >= 0 && objects[reference] is { HasStream: true } stream && PdfObjects.Decode(stream, budget) is { } content
            ? new PdfFont(octets, ReadMap(Encoding.Latin1.GetString(content.Span), budget), widths)
            : new PdfFont(octets, null, widths);
    }

    // bfchar: <code> <text>; bfrange: <first> <last> <text>, or <first> <last> [<text> ...] (Adobe technical note 5411).
    private Dictionary<int, string> ReadMap(string text, TextBudget budget)
    {
        Dictionary<int, string> map = [];
        int left = Math.Min(MostCodes, _codesLeft);
        int most = left;
        for (int at = 0; left > 0 && budget.IsInTime();)
        {
            int begin = text.IndexOf("beginbf", at, StringComparison.Ordinal);
            int end = begin < 0 ? -1 : text.IndexOf("endbf", begin, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            bool isRange = text.AsSpan(begin + 7).StartsWith("range");
            ReadSection(text.AsSpan(begin, end - begin), isRange, map, ref left, budget);
            at = end + 5;
        }

        // One for the map itself, so that where none are left it is said.
        TakeCodes(most - left + 1, budget);
        return map;
    }

    private static void ReadSection(ReadOnlySpan<char> text, bool isRange, Dictionary<int, string> map, ref int left, TextBudget budget)
    {
        while (left > 0 && budget.IsInTime() && TakeCode(ref text, out int first))
        {
            int last = first;
            if (isRange && !TakeCode(ref text, out last))
            {
                return;
            }

            text = text.TrimStart();
            if (text is ['[', ..])
            {
                text = text[1..];
                for (int code = first; code <= last && left > 0 && !text.TrimStart().StartsWith("]") && TakeText(ref text, out string item); code++)
                {
                    map[code] = item;
                    left--;
                }

                text = text[(text.IndexOf(']') + 1)..];
            }
            else if (TakeText(ref text, out string start) && start.Length > 0)
            {
                for (int code = first; code <= last && left > 0; code++, left--)
                {
                    map[code] = start[..^1] + (char)(start[^1] + (code - first));
                }
            }
        }
    }

    private static bool TakeCode(ref ReadOnlySpan<char> text, out int code)
    {
        code = 0;
        return TakeHex(ref text, out var hex) && int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)
            && code is >= 0 and <= 0xFFFF;
    }

    private static bool TakeText(ref ReadOnlySpan<char> text, out string value)
    {
        value = "";
        if (!TakeHex(ref text, out var hex) || hex.Length % 2 != 0 || hex.Length > 64 || hex.ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        value = Encoding.BigEndianUnicode.GetString(Convert.FromHexString(hex));
        return true;
    }

    private static bool TakeHex(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> hex)
    {
        int open = text.IndexOf('<');
        int close = open < 0 ? -1 : text[open..].IndexOf('>');
        hex = close < 0 ? default : text[(open + 1)..(open + close)].Trim();
        text = close < 0 ? default : text[(open + close + 1)..];
        return close >= 0;
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
