using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A bracket expression of a POSIX regular expression (IEEE 1003.1, 9.3.5): a backslash stands for itself, ] may come first, classes have names.
/// It is a set of characters, by ranges and by Unicode's categories, or what is not in the set.
/// </summary>
internal sealed class PosixBracket
{
    private const uint Upper = 1u << (int)UnicodeCategory.UppercaseLetter;
    private const uint Lower = 1u << (int)UnicodeCategory.LowercaseLetter;
    private const uint Cased = Upper | Lower | (1u << (int)UnicodeCategory.TitlecaseLetter);
    private const uint Letter = Cased | (1u << (int)UnicodeCategory.ModifierLetter) | (1u << (int)UnicodeCategory.OtherLetter);
    private const uint Digit = 1u << (int)UnicodeCategory.DecimalDigitNumber;
    private readonly bool _isNegated;
    private readonly uint _categories;
    private readonly ImmutableArray<(char Low, char High)> _ranges; // in their order, none of them touching another

    private PosixBracket(bool isNegated, uint categories, List<(char Low, char High)> ranges)
    {
        _isNegated = isNegated;
        _categories = categories;
        _ranges = Merged(ranges);
    }

    /// <summary>Reads what follows the opening bracket, the closing one included.</summary>
    /// <param name="pattern">The whole expression.</param>
    /// <param name="at">Where the bracket goes on; where it has ended.</param>
    /// <param name="foldsAscii">Whether the case of ASCII letters does not count.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <returns>Null where it is none.</returns>
    public static PosixBracket? Read(string pattern, ref int at, bool foldsAscii, ref string? fault)
    {
        var isNegated = at < pattern.Length && pattern[at] == '^';
        at += isNegated ? 1 : 0;
        var ranges = new List<(char Low, char High)>();
        uint categories = 0;
        for (var first = true; fault is null; first = false)
        {
            if (at >= pattern.Length)
            {
                fault = "This regular expression opens a bracket that it does not close: write \\\\[ for the character.";
            }
            else if (pattern[at] == ']' && !first)
            {
                at++;
                return new(isNegated, categories, ranges);
            }
            else if (pattern[at] == '[' && at + 1 < pattern.Length && pattern[at + 1] is ':' or '.' or '=')
            {
                categories |= Named(pattern, ref at, ranges, foldsAscii, ref fault);
            }
            else
            {
                Range(pattern, ref at, ranges, foldsAscii, ref fault);
            }
        }

        return null;
    }

    /// <summary>Whether it stands for a character.</summary>
    /// <param name="character">The character.</param>
    /// <param name="foldsUnicode">Whether the case of no letter counts.</param>
    public bool Matches(char character, bool foldsUnicode) =>
        _isNegated != (foldsUnicode ? HoldsInAnyCase(character) : Holds(character, _categories));

    /// <summary>Writes it for .NET.</summary>
    public void WriteTo(StringBuilder output)
    {
        output.Append(_isNegated ? "[^" : "[");
        foreach (var (low, high) in _ranges)
        {
            Quote(output, low);
            if (high != low)
            {
                Quote(output.Append('-'), high);
            }
        }

        output.Append((_categories & Letter) == Letter ? "\\p{L}" : "");
        output.Append((_categories & Letter) == Upper || (_categories & Letter) == (Upper | Lower) ? "\\p{Lu}" : "");
        output.Append((_categories & Letter) == Lower || (_categories & Letter) == (Upper | Lower) ? "\\p{Ll}" : "");
        output.Append((_categories & Digit) != 0 ? "\\p{Nd}" : "").Append(']');
    }

    // As .NET has it: where case does not count, a category of letters with a case is all of them.
    private bool HoldsInAnyCase(char character)
    {
        var upper = char.ToUpperInvariant(character);
        var lower = char.ToLowerInvariant(character);
        return Holds(character, (_categories & Cased) != 0 ? _categories | Cased : _categories)
            || HoldsInRange(upper) || HoldsInRange(lower) || HoldsInRange(char.ToUpperInvariant(lower));
    }

    private bool Holds(char character, uint categories) =>
        (categories & (1u << (int)char.GetUnicodeCategory(character))) != 0 || HoldsInRange(character);

    private bool HoldsInRange(char character)
    {
        var (first, last) = (0, _ranges.Length - 1);
        while (first <= last)
        {
            var middle = (first + last) >> 1;
            if (character < _ranges[middle].Low)
            {
                last = middle - 1;
            }
            else if (character > _ranges[middle].High)
            {
                first = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private static uint Named(string pattern, ref int at, List<(char Low, char High)> ranges, bool foldsAscii, ref string? fault)
    {
        var kind = pattern[at + 1];
        var end = pattern.IndexOf(kind + "]", at + 2, StringComparison.Ordinal);
        var name = end < 0 ? "" : pattern[(at + 2)..end];
        at = end + 2;
        if (kind != ':')
        {
            if (name.Length == 1)
            {
                ranges.Add((name[0], name[0]));
            }
            else
            {
                fault = "Only single characters can stand in [. .] and [= =].";
            }

            return 0;
        }

        if (ClassOf(name, foldsAscii) is not { } found)
        {
            fault = $"There is no class of characters [:{name}:]; there are alnum, alpha, blank, cntrl, digit, graph, lower, print, punct, space, upper, xdigit.";
            return 0;
        }

        for (var i = 0; i < found.Ranges.Length; i += 2)
        {
            ranges.Add((found.Ranges[i], found.Ranges[i + 1]));
        }

        return found.Categories;
    }

    /// <summary>The categories of a class, and its ranges: the first and last characters of one after another.</summary>
    private static (uint Categories, string Ranges)? ClassOf(string name, bool foldsAscii) => name switch
    {
        "alnum" => (Letter | Digit, ""),
        "alpha" => (Letter, ""),
        "blank" => (0, "  \t\t"),
        "cntrl" => (0, "\0\u001F\u007F\u007F"),
        "digit" => (0, "09"),
        "graph" => (0, "!~\u00A1\uFFFF"),
        "lower" => (Lower, foldsAscii ? "AZ" : ""),
        "print" => (0, " ~\u00A0\uFFFF"),
        "punct" => (0, "!/:@[`{~"),
        "space" => (0, "  \t\r"),
        "upper" => (Upper, foldsAscii ? "az" : ""),
        "xdigit" => (0, "09AFaf"),
        _ => null,
    };

    private static void Range(string pattern, ref int at, List<(char Low, char High)> ranges, bool foldsAscii, ref string? fault)
    {
        var low = pattern[at++];
        var high = low;
        if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
        {
            high = pattern[at + 1];
            at += 2;
        }

        if (high < low)
        {
            fault = $"This regular expression has a range {low}-{high} whose end comes before its beginning.";
            return;
        }

        ranges.Add((low, high));
        if (foldsAscii)
        {
            Fold(ranges, low, high, 'a', 'z', -32);
            Fold(ranges, low, high, 'A', 'Z', 32);
        }
    }

    /// <summary>The part of a range that are letters, in the other case.</summary>
    private static void Fold(List<(char Low, char High)> ranges, char low, char high, char first, char last, int offset)
    {
        var from = (char)Math.Max(low, first);
        var to = (char)Math.Min(high, last);
        if (from <= to)
        {
            ranges.Add(((char)(from + offset), (char)(to + offset)));
        }
    }

    private static ImmutableArray<(char Low, char High)> Merged(List<(char Low, char High)> ranges)
    {
        ranges.Sort();
        var merged = ImmutableArray.CreateBuilder<(char Low, char High)>();
        foreach (var (low, high) in ranges)
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1)
            {
                merged[^1] = (merged[^1].Low, (char)Math.Max(merged[^1].High, high));
            }
            else
            {
                merged.Add((low, high));
            }
        }

        return merged.ToImmutable();
    }

    // .NET begins no range with an escaped hyphen, unless it is written by its number.
    private static void Quote(StringBuilder output, char character) =>
        output.Append(character switch
        {
            '-' => "\\u002D",
            ']' or '[' or '\\' or '^' => $"\\{character}",
            _ => character.ToString(),
        });
}
