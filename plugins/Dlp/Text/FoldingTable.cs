using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// What characters stand for: letters without their accents, what ligatures, full-width and mathematical letters, presentation forms of Arabic
/// and the like are compatible with (Unicode's NFKD), ASCII digits for those of all scripts. Case is kept. <c>string.Normalize</c> returns what
/// it is given, since the server runs without ICU: so the decompositions are in a table, which <c>folding.py</c> writes. Marks and digits are
/// what the runtime says.
/// </summary>
internal static partial class FoldingTable
{
    /// <summary>UTF-16 units of the longest that a unit stands for.</summary>
    public const int Longest = 4;

    /// <summary>Stands for itself.</summary>
    public const char Same = '\0';

    /// <summary>Stands for nothing: a mark.</summary>
    public const char Nothing = '\uE000';

    /// <summary>May be one with the character before it: a low surrogate, a vowel or final of Hangul, a sound mark of kana.</summary>
    public const char Joins = '\uE001';

    // No character stands for one of private use: they number what is longer than a character.
    private const char FirstLong = '\uE002';
    private const char LastLong = '\uF8FF';
    private const int PageSize = 256;

    private static readonly (ushort[] Pages, char[] Cells, string[] Long, FrozenDictionary<int, string> Beyond) Table = Build();
    private static readonly ushort[] Pages = Table.Pages;
    private static readonly char[] Cells = Table.Cells;

    /// <summary>What a UTF-16 unit stands for: a character, <see cref="Same"/>, <see cref="Nothing"/>, <see cref="Joins"/>, or a number for <see cref="TryLong"/>.</summary>
    public static char Of(char c) => Cells[Pages[c / PageSize] + (c % PageSize)];

    /// <summary>Looks up what <see cref="Of(char)"/> has numbered.</summary>
    public static bool TryLong(char cell, out string text)
    {
        bool isLong = cell is >= FirstLong and <= LastLong;
        text = isLong ? Table.Long[cell - FirstLong] : "";
        return isLong;
    }

    /// <summary>What a character beyond U+FFFF stands for; null where it is itself.</summary>
    public static string? Of(Rune rune) => Table.Beyond.TryGetValue(rune.Value, out string? text) ? text : OfCategory(rune);

    private static string? OfCategory(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => "",
        UnicodeCategory.DecimalDigitNumber => ((char)('0' + (int)Rune.GetNumericValue(rune))).ToString(),
        _ => null,
    };

    private static (ushort[] Pages, char[] Cells, string[] Long, FrozenDictionary<int, string> Beyond) Build()
    {
        char[] cells = new char[char.MaxValue + 1];
        for (int c = 0x80; c < cells.Length; c++)
        {
            cells[c] = char.IsLowSurrogate((char)c) || HangulAndKana.Joins((char)c) ? Joins : Rune.TryCreate((char)c, out Rune rune) ? Cell(OfCategory(rune)) : Same;
        }

        List<string> longer = [];
        Dictionary<int, string> beyond = [];
        foreach (var (from, to) in Entries())
        {
            if (from > char.MaxValue)
            {
                beyond.Add(from, to);
            }
            else if (to.Length == 1)
            {
                cells[from] = to[0];
            }
            else
            {
                cells[from] = (char)(FirstLong + longer.Count);
                longer.Add(to);
            }
        }

        var (pages, packed) = Pack(cells);
        return (pages, packed, [.. longer], beyond.ToFrozenDictionary());
    }

    private static char Cell(string? text) => text is null ? Same : text.Length == 0 ? Nothing : text[0];

    // Most pages say nothing: they are one.
    private static (ushort[] Pages, char[] Cells) Pack(char[] cells)
    {
        ushort[] pages = new ushort[cells.Length / PageSize];
        List<char> packed = [.. new char[PageSize]];
        for (int page = 0; page < pages.Length; page++)
        {
            var own = cells.AsSpan(page * PageSize, PageSize);
            if (own.ContainsAnyExcept(Same))
            {
                pages[page] = (ushort)packed.Count;
                packed.AddRange(own);
            }
        }

        return (pages, [.. packed]);
    }

    // FROM=TO or FIRST-LAST=TO; what one stands for are numbers with dots between.
    private static IEnumerable<(int From, string To)> Entries()
    {
        foreach (string entry in Encoding.ASCII.GetString(Data).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            string[] range = entry[..equals].Split('-');
            int[] to = [.. entry[(equals + 1)..].Split('.').Select(Number)];
            int first = Number(range[0]);
            for (int from = first; from <= Number(range[^1]); from++)
            {
                yield return (from, to.Length == 1 ? new Rune(to[0] + from - first).ToString() : string.Concat(to.Select(point => new Rune(point))));
            }
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
