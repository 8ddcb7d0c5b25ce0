using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// Passes text on with equivalent characters made equal, as <see cref="FoldingTable"/> says: so it is no matter whether a letter and its accent
/// are one character or two. Text in ASCII is passed on as it is.
/// </summary>
internal sealed class FoldedText(ITextSink target) : ITextSink
{
    private const int Piece = 256;
    private char _held; // with what comes next it may be another one

    /// <inheritdoc/>
    public bool IsFull => target.IsFull;

    /// <summary>A text that is there already.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        char[] folded = new char[text.Length * FoldingTable.Longest];
        return new string(folded, 0, Fold(text, folded, 0));
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<char> text)
    {
        if (_held == '\0' && Ascii.IsValid(text))
        {
            target.Write(text);
            return;
        }

        Span<char> folded = stackalloc char[(Math.Min(text.Length, Piece) + 1) * FoldingTable.Longest]; // what is held counts as well
        for (; !text.IsEmpty; text = text[Math.Min(text.Length, Piece)..])
        {
            folded[0] = _held;
            int length = Fold(text[..Math.Min(text.Length, Piece)], folded, _held == '\0' ? 0 : 1);
            _held = length > 0 && IsOpen(folded[length - 1]) ? folded[--length] : '\0';
            target.Write(folded[..length]);
        }
    }

    /// <inheritdoc/>
    public void Break()
    {
        if (_held != '\0')
        {
            target.Write([_held]);
            _held = '\0';
        }

        target.Break();
    }

    private static bool IsOpen(char c) => char.IsHighSurrogate(c) || HangulAndKana.MayBeJoined(c);

    private static int Fold(ReadOnlySpan<char> text, Span<char> folded, int length)
    {
        foreach (char c in text)
        {
            char cell = c < 0x80 ? FoldingTable.Same : FoldingTable.Of(c);
            if (cell == FoldingTable.Same)
            {
                folded[length++] = c;
            }
            else if (cell != FoldingTable.Nothing)
            {
                length = Replace(c, cell, folded, length);
            }
        }

        return length;
    }

    private static int Replace(char c, char cell, Span<char> folded, int length)
    {
        if (FoldingTable.TryLong(cell, out string text))
        {
            text.CopyTo(folded[length..]);
            return length + text.Length;
        }

        char to = cell == FoldingTable.Joins ? c : cell;
        if (FoldingTable.Of(to) == FoldingTable.Joins)
        {
            return Join(to, folded, length);
        }

        folded[length] = to;
        return length + 1;
    }

    private static int Join(char c, Span<char> folded, int length)
    {
        char last = length > 0 ? folded[length - 1] : '\0';
        if (char.IsHighSurrogate(last) && char.IsLowSurrogate(c))
        {
            if (FoldingTable.Of(new Rune(last, c)) is { } text)
            {
                text.CopyTo(folded[(length - 1)..]);
                return length - 1 + text.Length;
            }
        }
        else if (!char.IsSurrogate(c))
        {
            char joined = HangulAndKana.Join(last, c);
            if (joined != '\0')
            {
                folded[length - 1] = joined;
                return length;
            }

            if (HangulAndKana.IsMark(c))
            {
                return length;
            }
        }

        folded[length] = c;
        return length + 1;
    }
}
