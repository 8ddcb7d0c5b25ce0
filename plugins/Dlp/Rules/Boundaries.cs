namespace PluginMail.Dlp.Rules;

/// <summary>Where a number may begin and end: not in a word, a longer number, a fraction.</summary>
internal static class Boundaries
{
    private const int LongestWord = 64;

    /// <summary>Whether a number whose spelling is known may begin at a group's start.</summary>
    public static bool CanBegin(ReadOnlySpan<char> text, int start)
    {
        if (start == 0)
        {
            return true;
        }

        char before = text[start - 1];
        bool isBehindDigit = start > 1 && char.IsAsciiDigit(text[start - 2]);
        return before != '+' && !char.IsLetter(before) && !(isBehindDigit && Separators.IsDash(before)) && !IsFraction(text, start);
    }

    /// <summary>Whether it may end there.</summary>
    public static bool CanEnd(ReadOnlySpan<char> text, int end)
    {
        if (end >= text.Length)
        {
            return true;
        }

        bool goesOn = end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]) && (text[end] == '.' || Separators.IsDash(text[end]));
        return !char.IsLetterOrDigit(text[end]) && !goesOn;
    }

    /// <summary>Whether digits are a fraction's: 0.4111, 0,4111; but not behind a comma as in CSV: 17,4111.</summary>
    public static bool IsFraction(ReadOnlySpan<char> text, int start) => start > 1 && (text[start - 1] switch
    {
        '.' => char.IsAsciiDigit(text[start - 2]),
        ',' => text[start - 2] == '0' && (start == 2 || !char.IsAsciiDigit(text[start - 3])),
        _ => false,
    });

    /// <summary>Whether a dash ties digits to a word before them. A dash alone may be one between words.</summary>
    public static bool IsTiedBefore(ReadOnlySpan<char> text, int start)
    {
        int least = Math.Max(0, start - LongestWord);
        for (int at = start - 1; at >= least && (at < start - 1 || Separators.IsDash(text[at])); at--)
        {
            if (char.IsLetter(text[at]))
            {
                return true;
            }

            if (!char.IsAsciiDigit(text[at]) && !Separators.IsDash(text[at]))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Whether a word follows digits, or a dash ties one to them.</summary>
    public static bool IsTiedBehind(ReadOnlySpan<char> text, int end) =>
        end < text.Length && (char.IsLetterOrDigit(text[end]) || (end + 1 < text.Length && Separators.IsDash(text[end]) && char.IsLetter(text[end + 1])));
}
