namespace PluginMail.Dlp.Rules;

/// <summary>What may stand between the groups of a number.</summary>
internal static class Separators
{
    private const int MostBlanks = 3;
    private const int MostMarks = 8;

    /// <summary>A blank of any width, and none that begins another column or line.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\u00a0' or (>= '\u2000' and <= '\u200a') or '\u202f' or '\u205f' or '\u3000';

    /// <summary>A hyphen, or a dash or minus that programs make of one.</summary>
    public static bool IsDash(char c) => c is '-' or (>= '\u2010' and <= '\u2015') or '\u2212' or '\ufe58' or '\ufe63' or '\uff0d';

    /// <summary>A few blanks; or one line end with blanks around it, behind it the marks of a quotation too.</summary>
    /// <returns>Its length; 0 where there is none.</returns>
    public static int Gap(ReadOnlySpan<char> text, int start, out bool isLineEnd)
    {
        int at = SkipBlanks(text, start);
        int end = SkipLineEnd(text, at);
        isLineEnd = end > at;
        if (!isLineEnd)
        {
            return at - start;
        }

        int most = Math.Min(text.Length, end + MostMarks);
        while (end < most && (IsBlank(text[end]) || text[end] == '>'))
        {
            end++;
        }

        return end - start;
    }

    /// <summary>A dash; behind it a line may end.</summary>
    /// <returns>Its length; 0 where there is none.</returns>
    public static int Dash(ReadOnlySpan<char> text, int start, out bool isLineEnd)
    {
        isLineEnd = false;
        if (start >= text.Length || !IsDash(text[start]))
        {
            return 0;
        }

        int gap = Gap(text, start + 1, out isLineEnd);
        return isLineEnd ? gap + 1 : 1;
    }

    /// <summary>The one or the other.</summary>
    /// <returns>Its length; 0 where there is none.</returns>
    public static int GapOrDash(ReadOnlySpan<char> text, int start, out bool isLineEnd)
    {
        int dash = Dash(text, start, out isLineEnd);
        return dash > 0 ? dash : Gap(text, start, out isLineEnd);
    }

    private static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        int most = Math.Min(text.Length, at + MostBlanks);
        while (at < most && IsBlank(text[at]))
        {
            at++;
        }

        return at;
    }

    private static int SkipLineEnd(ReadOnlySpan<char> text, int at)
    {
        int behind = at < text.Length && text[at] == '\r' ? at + 1 : at;
        return behind < text.Length && text[behind] == '\n' ? behind + 1 : behind;
    }
}
