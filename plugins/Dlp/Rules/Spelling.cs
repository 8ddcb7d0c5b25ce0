namespace PluginMail.Dlp.Rules;

/// <summary>
/// A way to write a number: <c>0</c> a digit, <c>A</c> a letter, <c>X</c> either, a blank a gap, <c>-</c> a dash, <c>~</c> either, <c>№</c> that
/// sign or what stands for it, all else itself. One line may end in it.
/// </summary>
internal sealed record Spelling(string Form)
{
    /// <summary>The longest number.</summary>
    public const int Longest = 32;

    /// <summary>Letters and digits before what parts them first.</summary>
    public int FirstGroup { get; } = Form.AsSpan().IndexOfAnyExcept("0AX") is >= 0 and var length ? length : Form.Length;

    /// <summary>Reads a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where it may begin.</param>
    /// <param name="number">Takes its digits, and its letters in upper case.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>How many; 0 where it is not written so.</returns>
    public int Read(ReadOnlySpan<char> text, int start, Span<char> number, out int end)
    {
        int count = 0;
        bool hasLineEnd = false;
        end = start;
        foreach (char wanted in Form)
        {
            bool isLineEnd = false;
            int length = wanted switch
            {
                '0' or 'A' or 'X' => end < text.Length && Fits(wanted, text[end]) ? 1 : 0,
                ' ' => Separators.Gap(text, end, out isLineEnd),
                '-' => Separators.Dash(text, end, out isLineEnd),
                '~' => Separators.GapOrDash(text, end, out isLineEnd),
                '№' => NumberSign(text[Math.Min(end, text.Length)..]),
                _ => end < text.Length && text[end] == wanted ? 1 : 0,
            };
            if (length == 0 || (isLineEnd && hasLineEnd))
            {
                return 0;
            }

            if (wanted is '0' or 'A' or 'X')
            {
                number[count++] = char.ToUpperInvariant(text[end]);
            }

            hasLineEnd |= isLineEnd;
            end += length;
        }

        return Boundaries.CanEnd(text, end) ? count : 0;
    }

    private static bool Fits(char wanted, char c) => wanted switch
    {
        '0' => char.IsAsciiDigit(c),
        'A' => char.IsAsciiLetter(c),
        _ => char.IsAsciiLetterOrDigit(c),
    };

    private static int NumberSign(ReadOnlySpan<char> text) => text switch
    {
        ['№', ..] => 1,
        ['N' or 'n', 'o' or 'O' or 'º' or '°' or 'r', '.', ..] => 3,
        ['N' or 'n', 'o' or 'O' or 'º' or '°' or 'r', ..] => 2,
        _ => 0,
    };
}
