using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>Bracket expressions of POSIX regular expressions (IEEE 1003.1, 9.3.5): a backslash stands for itself, ] may come first, classes have names.</summary>
internal static class PosixBracket
{
    /// <summary>Translates what follows the opening bracket, the closing one included.</summary>
    public static void Translate(string pattern, ref int at, StringBuilder output, bool foldsAscii, ref string? fault)
    {
        output.Append('[');
        if (at < pattern.Length && pattern[at] == '^')
        {
            output.Append('^');
            at++;
        }

        for (var first = true; ; first = false)
        {
            if (at >= pattern.Length)
            {
                fault = "This regular expression opens a bracket that it does not close: write \\\\[ for the character.";
                return;
            }

            if (pattern[at] == ']' && !first)
            {
                at++;
                output.Append(']');
                return;
            }

            if (pattern[at] == '[' && at + 1 < pattern.Length && pattern[at + 1] is ':' or '.' or '=')
            {
                Named(pattern, ref at, output, foldsAscii, ref fault);
                if (fault is not null)
                {
                    return;
                }
            }
            else
            {
                Range(pattern, ref at, output, foldsAscii, ref fault);
            }
        }
    }

    private static void Named(string pattern, ref int at, StringBuilder output, bool foldsAscii, ref string? fault)
    {
        var kind = pattern[at + 1];
        var end = pattern.IndexOf(kind + "]", at + 2, StringComparison.Ordinal);
        var name = end < 0 ? "" : pattern[(at + 2)..end];
        var set = kind == ':' ? ClassOf(name, foldsAscii) : name.Length == 1 ? Quote(name[0]) : null;
        if (set is null)
        {
            fault = kind == ':'
                ? $"There is no class of characters [:{name}:]; there are alnum, alpha, blank, cntrl, digit, graph, lower, print, punct, space, upper, xdigit."
                : "Only single characters can stand in [. .] and [= =].";
            return;
        }

        output.Append(set);
        at = end + 2;
    }

    private static string? ClassOf(string name, bool foldsAscii) => name switch
    {
        "alnum" => "\\p{L}\\p{Nd}",
        "alpha" => "\\p{L}",
        "blank" => " \\t",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "digit" => "0-9",
        "graph" => "!-~\\u00A1-\\uFFFF",
        "lower" => foldsAscii ? "\\p{Ll}A-Z" : "\\p{Ll}",
        "print" => " -~\\u00A0-\\uFFFF",
        "punct" => "!-/:-@\\[-`{-~",
        "space" => " \\t\\n\\r\\f\\v",
        "upper" => foldsAscii ? "\\p{Lu}a-z" : "\\p{Lu}",
        "xdigit" => "0-9A-Fa-f",
        _ => null,
    };

    private static void Range(string pattern, ref int at, StringBuilder output, bool foldsAscii, ref string? fault)
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

        Add(output, low, high);
        if (foldsAscii)
        {
            Fold(output, low, high, 'a', 'z', -32);
            Fold(output, low, high, 'A', 'Z', 32);
        }
    }

    /// <summary>The part of a range that are letters, in the other case.</summary>
    private static void Fold(StringBuilder output, char low, char high, char first, char last, int offset)
    {
        var from = (char)Math.Max(low, first);
        var to = (char)Math.Min(high, last);
        if (from <= to)
        {
            Add(output, (char)(from + offset), (char)(to + offset));
        }
    }

    private static void Add(StringBuilder output, char low, char high)
    {
        output.Append(Quote(low));
        if (high != low)
        {
            output.Append('-').Append(Quote(high));
        }
    }

    private static string Quote(char character) => character is ']' or '[' or '\\' or '^' or '-' ? $"\\{character}" : character.ToString();
}
