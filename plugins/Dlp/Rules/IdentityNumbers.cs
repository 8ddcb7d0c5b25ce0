using System.Buffers;

namespace PluginMail.Dlp.Rules;

/// <summary>Numbers of passports, residents and social insurance.</summary>
internal static class IdentityNumbers
{
    private const int ZoneLength = 44;
    private const string HetuLetters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    private static readonly SearchValues<char> OfDocuments = SearchValues.Create("0123456789CFGHJKLMNPRTVWXYZ");
    private static readonly SearchValues<char> NotInPrefixes = SearchValues.Create("DFIQUV");

    /// <summary>What is one by its look alone.</summary>
    public static bool Any(ReadOnlySpan<char> number) => !number.IsEmpty;

    /// <summary>The second line of a passport's machine-readable zone (ICAO 9303 part 4, TD3): four check digits and one over all.</summary>
    public static string? MachineReadable(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start;
        var line = text[start..Math.Min(text.Length, start + ZoneLength)];
        bool isAlone = (start == 0 || !IsOfZone(text[start - 1])) && (start + ZoneLength >= text.Length || !IsOfZone(text[start + ZoneLength]));
        if (line.Length < ZoneLength || !isAlone || !IsZone(line))
        {
            return null;
        }

        end = start + ZoneLength;
        return line[..9].ToString();
    }

    /// <summary>A German passport's or identity card's: no vowels and no letters that look like others, and a digit among them.</summary>
    public static bool GermanDocument(ReadOnlySpan<char> number) => char.IsAsciiLetter(number[0])
        && !number.ContainsAnyExcept(OfDocuments) && number.ContainsAnyInRange('0', '9');

    /// <summary>A Russian social insurance number.</summary>
    public static bool Snils(ReadOnlySpan<char> number) =>
        Digits.Sum(number[..9], [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == Digits.Value(number[9..]) && Digits.Value(number[..9]) > 1_001_998;

    /// <summary>A United States social security number: not of the parts that are never given out.</summary>
    public static bool Ssn(ReadOnlySpan<char> number) =>
        number[..3] is not ("000" or "666") && number[0] != '9' && number[3..5] is not "00" && number[5..] is not "0000";

    /// <summary>A British national insurance number: of prefixes and a suffix that are given out.</summary>
    public static bool Nino(ReadOnlySpan<char> number) => !number[..2].ContainsAny(NotInPrefixes) && number[1] != 'O'
        && number[..2] is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ") && number[8] is >= 'A' and <= 'D';

    /// <summary>A French social insurance number: sex, month of birth, and a key by 97; Corsica's departments are counted as 19 and 18.</summary>
    public static bool Nir(ReadOnlySpan<char> number)
    {
        Span<char> digits = stackalloc char[13];
        number[..13].CopyTo(digits);
        if (digits[5] == '2' && digits[6] is 'A' or 'B')
        {
            (digits[5], digits[6]) = ('1', digits[6] == 'A' ? '9' : '8');
        }

        bool isOne = !digits.ContainsAnyExceptInRange('0', '9') && digits[0] is '1' or '2' or '7' or '8'
            && Digits.Value(digits[3..5]) is (>= 1 and <= 12) or 20 or (>= 30 and <= 42) && Digits.Value(digits[5..7]) > 0;
        return isOne && 97 - (Digits.Value(digits) % 97) == Digits.Value(number[13..]);
    }

    /// <summary>A German pension insurance number: date of birth, initial, and the digit sums of weighted digits.</summary>
    public static bool Rvnr(ReadOnlySpan<char> number)
    {
        ReadOnlySpan<byte> weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
        int letter = number[8] - 'A' + 1;
        Span<char> digits = stackalloc char[12];
        number[..8].CopyTo(digits);
        (digits[8], digits[9]) = ((char)('0' + (letter / 10)), (char)('0' + (letter % 10)));
        number[9..11].CopyTo(digits[10..]);
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int product = (digits[i] - '0') * weights[i];
            sum += (product / 10) + (product % 10);
        }

        // A second one of the same day and initial has 50 added to the day.
        int day = Digits.Value(number[2..4]) is var given && given > 50 ? (int)given - 50 : (int)given;
        return Digits.IsDate(number[6..8], number[4..6], day) && sum % 10 == number[11] - '0';
    }

    /// <summary>An Austrian social insurance number: its fourth digit checks the others, the last six are a date of birth.</summary>
    public static bool Svnr(ReadOnlySpan<char> number) => number[0] != '0'
        && Digits.Value(number[4..6]) is >= 1 and <= 31 && Digits.Value(number[6..8]) is >= 1 and <= 15
        && ((Digits.Sum(number[..3], [3, 7, 9]) + Digits.Sum(number[4..], [5, 8, 4, 2, 1, 6])) % 11) == number[3] - '0';

    /// <summary>A Swiss insured person's number: of the country 756, with the check digit of EAN-13.</summary>
    public static bool Ahv(ReadOnlySpan<char> number) =>
        number.StartsWith("756") && Digits.Sum(number, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0;

    /// <summary>A Belgian national number: a date of birth that may be unknown, and a check by 97; of those born from 2000 on a 2 stands before it.</summary>
    public static bool Rijksregister(ReadOnlySpan<char> number)
    {
        long first = Digits.Value(number[..9]);
        long check = Digits.Value(number[9..]);
        return Digits.Value(number[2..4]) % 20 <= 12 && Digits.Value(number[4..6]) <= 31
            && (97 - (first % 97) == check || 97 - ((2_000_000_000 + first) % 97) == check);
    }

    /// <summary>A Swedish personal number, or one of a coordinated person with 60 added to the day: a date, and Luhn's check digit.</summary>
    public static bool Personnummer(ReadOnlySpan<char> number)
    {
        number = number[^10..];
        long day = Digits.Value(number[4..6]);
        return Digits.IsDate(number[..2], number[2..4], (int)(day > 60 ? day - 60 : day)) && PaymentNumbers.Luhn(number);
    }

    /// <summary>A Danish one: a date, since 2007 no check digit.</summary>
    public static bool Cpr(ReadOnlySpan<char> number) => Digits.IsDate(number[4..6], number[2..4], (int)Digits.Value(number[..2]));

    /// <summary>A Finnish one: a date, a mark of the century, and a check by 31.</summary>
    public static bool Hetu(ReadOnlySpan<char> number)
    {
        var serial = number[^4..^1];
        bool isCentury = number.Length == 10 || "YXWVUABCDEF".Contains(number[6], StringComparison.Ordinal);
        return isCentury && Digits.IsDate(number[4..6], number[2..4], (int)Digits.Value(number[..2]))
            && HetuLetters[(int)(((Digits.Value(number[..6]) * 1000) + Digits.Value(serial)) % 31)] == number[^1];
    }

    /// <summary>A Polish one: a date with the century in its month, and a check digit.</summary>
    public static bool Pesel(ReadOnlySpan<char> number) =>
        Digits.Value(number[2..4]) % 20 is >= 1 and <= 12 && Digits.Value(number[4..6]) is >= 1 and <= 31
        && Digits.Sum(number, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0;

    private static bool IsOfZone(char c) => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c) || c == '<';

    private static bool IsZone(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!IsOfZone(c))
            {
                return false;
            }
        }

        return char.IsAsciiDigit(text[9]) && char.IsAsciiDigit(text[43]) && text[20] is 'M' or 'F' or 'X' or '<' && !text[10..13].ContainsAnyInRange('0', '9')
            && !text[13..20].ContainsAnyExceptInRange('0', '9') && !text[21..28].ContainsAnyExceptInRange('0', '9')
            && Check731(text[..9], text[9]) && Check731(text.Slice(13, 6), text[19]) && Check731(text.Slice(21, 6), text[27])
            && (Check731(text.Slice(28, 14), text[42]) || (text[42] == '<' && !text.Slice(28, 14).ContainsAnyExcept('<')))
            && Check731(string.Concat(text[..10], text.Slice(13, 7), text.Slice(21, 22)), text[43]);
    }

    private static bool Check731(ReadOnlySpan<char> text, char check)
    {
        ReadOnlySpan<byte> weights = [7, 3, 1];
        int sum = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int value = text[i] == '<' ? 0 : char.IsAsciiDigit(text[i]) ? text[i] - '0' : text[i] - 'A' + 10;
            sum += value * weights[i % 3];
        }

        return sum % 10 == check - '0';
    }
}
