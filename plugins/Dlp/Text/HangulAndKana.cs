namespace PluginMail.Dlp.Text;

/// <summary>
/// Puts together what some programs take apart: a syllable of Hangul its letters (The Unicode Standard, 3.12), a kana and its sound mark. Without
/// the mark it would be another word, unlike a letter without its accent.
/// </summary>
internal static class HangulAndKana
{
    private const int FirstSyllable = 0xAC00;
    private const int LastSyllable = 0xD7A3;
    private const int Initial = 0x1100;
    private const int Initials = 19;
    private const int Vowel = 0x1161;
    private const int Vowels = 21;
    private const int BeforeFinal = 0x11A7;
    private const int Finals = 28; // none is one of them
    private const char VoicedMark = '\u3099';
    private const char HalfVoicedMark = '\u309A';
    private const int HiraganaToKatakana = 0x60;
    private const string Unvoiced = "うかきくけこさしすせそたちつてとはひふへほゝ";
    private const string Voiced = "ゔがぎぐげござじずぜぞだぢづでどばびぶべぼゞ";
    private const string HalfVoiced = "ぱぴぷぺぽ";
    private const string UnvoicedKatakana = "ワヰヱヲ";
    private const string VoicedKatakana = "ヷヸヹヺ";

    /// <summary>Whether a character may be one with that before it.</summary>
    public static bool Joins(char c) => IsMark(c) || c - Vowel is >= 0 and < Vowels || c - BeforeFinal is > 0 and < Finals;

    /// <summary>Whether it is a sound mark, which is nothing without its kana.</summary>
    public static bool IsMark(char c) => c is VoicedMark or HalfVoicedMark;

    /// <summary>Whether one that <see cref="Joins"/> may come behind a character.</summary>
    public static bool MayBeJoined(char c) =>
        c is >= '\u3040' and <= '\u30FF' || c - Initial is >= 0 and < Initials
            || (c is >= (char)FirstSyllable and <= (char)LastSyllable && (c - FirstSyllable) % Finals == 0);

    /// <summary>What two characters are together; the null character where they are two.</summary>
    public static char Join(char first, char second)
    {
        if (IsMark(second))
        {
            return Sound(first, second);
        }

        if (second - Vowel is >= 0 and < Vowels)
        {
            return first - Initial is >= 0 and < Initials ? (char)(FirstSyllable + ((((first - Initial) * Vowels) + second - Vowel) * Finals)) : '\0';
        }

        return MayBeJoined(first) && first >= FirstSyllable ? (char)(first + second - BeforeFinal) : '\0';
    }

    private static char Sound(char kana, char mark)
    {
        int at = UnvoicedKatakana.IndexOf(kana, StringComparison.Ordinal);
        if (at >= 0)
        {
            return mark == VoicedMark ? VoicedKatakana[at] : '\0';
        }

        int shift = kana >= '\u30A0' ? HiraganaToKatakana : 0;
        at = Unvoiced.IndexOf((char)(kana - shift), StringComparison.Ordinal);
        int half = at - Unvoiced.IndexOf('は', StringComparison.Ordinal);
        return mark == VoicedMark && at >= 0 ? (char)(Voiced[at] + shift)
            : mark == HalfVoicedMark && half >= 0 && half < HalfVoiced.Length ? (char)(HalfVoiced[half] + shift) : '\0';
    }
}
