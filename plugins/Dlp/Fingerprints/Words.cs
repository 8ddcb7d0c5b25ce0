using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>
/// Cuts folded text (<see cref="Text.FoldedText"/>) into words and hashes them. A word is a run of letters and digits in lower case; of scripts
/// that are written without spaces, each character is one. Soft hyphens and other invisible characters do not count, and a word that is divided
/// at the end of a line is one word. So layout, case and punctuation make no difference.
/// </summary>
internal struct Words
{
    private const ulong Start = 0xCBF29CE484222325;
    private const ulong Prime = 0x9E3779B97F4A7C15;

    private const int Longest = 64;
    private const int CharacterBits = 16;
    private const int BlockMask = (64 / CharacterBits) - 1;

    private ulong _hash;
    private ulong _block; // characters that are not in the hash yet: four of them go in at once
    private int _length;
    private char _high;
    private Division _division;

    private enum Division : byte
    {
        None,
        Hyphen,
        LineEnd,
    }

    /// <summary>Takes a character.</summary>
    /// <param name="c">A UTF-16 unit.</param>
    /// <param name="first">The hash of a word that ended before it.</param>
    /// <param name="second">The hash of the character, where that is a word by itself.</param>
    /// <returns>How many words came to an end: bit 0 for the first, bit 1 for the second.</returns>
    public int Take(char c, out ulong first, out ulong second)
    {
        first = second = 0;
        if (c < 0x80)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                int divided = _division == Division.None ? 0 : EndDivision(c, out first);
                Add(char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
                return divided;
            }

            return Separate(c, out first);
        }

        return TakeOther(c, out first, out second);
    }

    /// <summary>Takes the ASCII letters and digits that a text begins with: most of most texts, and no word ends there.</summary>
    /// <returns>How many were taken; the next character is for <see cref="Take"/>.</returns>
    public int TakeRun(ReadOnlySpan<char> text)
    {
        if (_division != Division.None)
        {
            return 0;
        }

        var (hash, block, length) = (_hash, _block, _length);
        int count = 0;
        while (count < text.Length && char.IsAsciiLetterOrDigit(text[count]))
        {
            if (length < Longest)
            {
                block |= (ulong)(uint)(text[count] | 0x20) << (CharacterBits * (length++ & BlockMask));
                if ((length & BlockMask) == 0)
                {
                    (hash, block) = (Fold(hash, block), 0);
                }
            }

            count++;
        }

        (_hash, _block, _length) = (hash, block, length);
        return count;
    }

    /// <summary>Ends the word under way.</summary>
    /// <returns>False where there is none.</returns>
    public bool End(out ulong word)
    {
        bool any = _length > 0;
        word = any ? Hashes.Mix((_length & BlockMask) == 0 ? _hash : Fold(_hash, _block)) : 0;
        _length = 0;
        _block = 0;
        _hash = 0;
        _division = Division.None;
        _high = '\0';
        return any;
    }

    private int Separate(char c, out ulong first)
    {
        if (_length > 0 && c == '-' && _division == Division.None)
        {
            _division = Division.Hyphen;
            first = 0;
            return 0;
        }

        if (_division != Division.None && (c is '\r' or '\n'))
        {
            _division = Division.LineEnd;
            first = 0;
            return 0;
        }

        return End(out first) ? 1 : 0;
    }

    // "infor-\nmation" is a word; "well-known" and "A-\nB" are two.
    private int EndDivision(char next, out ulong first)
    {
        if (_division == Division.LineEnd && char.IsLower(next))
        {
            _division = Division.None;
            first = 0;
            return 0;
        }

        return End(out first) ? 1 : 0;
    }

    private int TakeOther(char c, out ulong first, out ulong second)
    {
        first = second = 0;
        if (char.IsHighSurrogate(c))
        {
            _high = c;
            return 0;
        }

        if (char.IsLowSurrogate(c))
        {
            return TakePair(c, out first, out second);
        }

        switch (CharUnicodeInfo.GetUnicodeCategory(c))
        {
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber:
                int divided = _division == Division.None ? 0 : EndDivision(c, out first);
                Add(char.ToLowerInvariant(c));
                return divided;
            case UnicodeCategory.OtherLetter:
                return IsWritten(c) ? TakeAlone(c, out first, out second) : Continue(c, out first);
            case UnicodeCategory.Format:
                return 0;
            case UnicodeCategory.SpacingCombiningMark:
                return Continue(c, out first);
            default:
                return c is '\u2010' or '\u2011' ? Separate('-', out first) : End(out first) ? 1 : 0;
        }
    }

    private int Continue(char c, out ulong first)
    {
        first = 0;
        int divided = _division == Division.None ? 0 : EndDivision(c, out first);
        Add(c);
        return divided;
    }

    private int TakePair(char low, out ulong first, out ulong second)
    {
        char high = _high;
        _high = '\0';
        if (high == 0)
        {
            second = 0;
            return End(out first) ? 1 : 0;
        }

        var rune = new Rune(high, low);
        var category = Rune.GetUnicodeCategory(rune);
        if (category == UnicodeCategory.OtherLetter && rune.Value >= 0x20000)
        {
            return TakeAlone(rune.Value, out first, out second);
        }

        first = second = 0;
        if (category == UnicodeCategory.Format)
        {
            return 0;
        }

        if (category is > UnicodeCategory.OtherLetter and not UnicodeCategory.SpacingCombiningMark)
        {
            return End(out first) ? 1 : 0;
        }

        int divided = Continue(high, out first);
        Add((char)(0xDC00 + (Rune.ToLowerInvariant(rune).Value & 0x3FF))); // the cases of a letter have the same high surrogate
        return divided;
    }

    private int TakeAlone(int point, out ulong first, out ulong second)
    {
        int ended = End(out first) ? 1 : 0;
        second = Hashes.Mix((Start ^ (uint)point) * Prime);
        return ended | 2;
    }

    /// <summary>Whether a letter belongs to a script without spaces: kana, Han, Thai, Lao, Khmer, Myanmar.</summary>
    private static bool IsWritten(char c) =>
        c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF')
            or (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF');

    private static ulong Fold(ulong hash, ulong block)
    {
        hash = (hash ^ block) * Prime;
        return hash ^ (hash >> 32);
    }

    // A word without end hashes like its first 64 characters.
    private void Add(char c)
    {
        if (_length >= Longest)
        {
            return;
        }

        _block |= (ulong)c << (CharacterBits * (_length++ & BlockMask));
        if ((_length & BlockMask) == 0)
        {
            _hash = Fold(_hash, _block);
            _block = 0;
        }
    }
}
