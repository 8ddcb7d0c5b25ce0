using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>How wide a font's characters are (ISO 32000-1 sections 9.2.4 and 9.7.4.3), in thousandths of its size.</summary>
/// <param name="known">By code.</param>
/// <param name="others">Of all other codes; not a number where it is not known.</param>
internal sealed class PdfWidths(Dictionary<int, double> known, double others)
{
    private const int MostCodes = 1 << 16;
    private const int LongestArray = 1 << 20;

    /// <summary>Of a font that does not say it.</summary>
    public static PdfWidths None { get; } = new([], double.NaN);

    /// <summary>How many codes it has a width of its own for.</summary>
    public int Count => known.Count;

    /// <summary>How wide a code's character is; not a number where it is not known.</summary>
    public double this[int code] => known.TryGetValue(code, out double width) ? width : others;

    /// <summary>What two fonts have in common that go by one name.</summary>
    public PdfWidths And(PdfWidths other)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        Dictionary<int, double> same = [];
        foreach (int code in known.Keys.Concat(other.Codes))
        {
            // Of a code that only one has, the other font shows nothing.
            bool isHere = known.TryGetValue(code, out double here);
            bool isThere = other.TryGet(code, out double there);
            same[code] = !isHere ? there : !isThere || here.Equals(there) ? here : double.NaN;
        }

        return new PdfWidths(same, others.Equals(other[-1]) ? others : double.NaN);
    }

    private Dictionary<int, double>.KeyCollection Codes => known.Keys;

    private bool TryGet(int code, out double width) => known.TryGetValue(code, out width);

    /// <summary>Reads a font's widths: Widths of a simple one, W and DW of a composite one's descendant.</summary>
    public static PdfWidths Read(PdfObject font, bool isComposite, PdfObjects objects)
    {
        if (!isComposite)
        {
            int first = font.Integer("/FirstChar"u8);
            return first < 0 ? None : new PdfWidths(ReadSimple(Array(font, "/Widths"u8, objects), first), double.NaN);
        }

        string descendants = Array(font, "/DescendantFonts"u8, objects);
        return int.TryParse(descendants.AsSpan(0, Math.Max(0, descendants.IndexOf(' ', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && objects[number] is { } descendant
            ? new PdfWidths(ReadComposite(Array(descendant, "/W"u8, objects)), descendant.Integer("/DW"u8) is >= 0 and var width ? width : 1000)
            : None;
    }

    private static Dictionary<int, double> ReadSimple(string array, int first)
    {
        Dictionary<int, double> widths = [];
        foreach (string word in Words(array).Take(256))
        {
            widths[first++] = Number(word);
        }

        return widths;
    }

    // code [width width ...], or first last width
    private static Dictionary<int, double> ReadComposite(string array)
    {
        Dictionary<int, double> widths = [];
        string[] words = Words(array);
        int left = 2 * MostCodes;
        for (int i = 0; i + 2 < words.Length && left > 0;)
        {
            double first = Number(words[i]);
            if (first is not (>= 0 and < MostCodes))
            {
                break;
            }

            int code = (int)first;
            if (words[i + 1] == "[")
            {
                for (i += 2; i < words.Length && words[i] != "]" && left > 0; i++, left--)
                {
                    widths[Math.Min(code++, MostCodes)] = Number(words[i]);
                }

                i++;
                continue;
            }

            double last = Number(words[i + 1]);
            for (; code <= last && code < MostCodes && left > 0; code++, left--)
            {
                widths[code] = Number(words[i + 2]);
            }

            i += 3;
        }

        return widths;
    }

    /// <summary>What stands between the brackets of an array, which may be an object of its own; empty where there is none.</summary>
    private static string Array(PdfObject item, ReadOnlySpan<byte> key, PdfObjects objects)
    {
        int at = item.Find(key);
        if (at < 0)
        {
            return "";
        }

        var rest = item.Body.Span[at..].TrimStart(" \r\n\t"u8);
        if (!rest.StartsWith("["u8))
        {
            rest = objects[item.Integer(key)] is { } other ? other.Body.Span.TrimStart(" \r\n\t"u8) : default;
        }

        int depth = 0;
        for (int i = 0; i < rest.Length && i < LongestArray; i++)
        {
            depth += rest[i] switch { (byte)'[' => 1, (byte)']' => -1, _ => 0 };
            if (depth == 0)
            {
                return i == 0 ? "" : Encoding.Latin1.GetString(rest[1..i]).Trim();
            }
        }

        return "";
    }

    private static string[] Words(string array) => array.Replace("[", " [ ", StringComparison.Ordinal)
        .Replace("]", " ] ", StringComparison.Ordinal).Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
}
