using System.Collections.Frozen;
using System.Globalization;

namespace PluginMail.Dlp.Rules;

/// <summary>Numbers of cards (ISO/IEC 7812) and accounts (ISO 13616).</summary>
internal static class PaymentNumbers
{
    // Country and length, of the SWIFT registry.
    private const string Lengths =
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 " +
        "GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 " +
        "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 " +
        "TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

    private const int MostCardDigits = 19;
    private const int MostIbanCharacters = 34;

    private static readonly FrozenDictionary<int, int> IbanLengths = Lengths.Split(' ')
        .ToFrozenDictionary(text => Country(text), text => int.Parse(text.AsSpan(2), CultureInfo.InvariantCulture));

    /// <summary>
    /// A card's number: the prefix and length of an issuer, and Luhn's check digit. Other groups of digits may stand before and behind it; where a
    /// line ends in it, or several blanks part it, its groups are those of cards.
    /// </summary>
    public static string? Card(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start;
        if (Boundaries.IsFraction(text, start) || Boundaries.IsTiedBefore(text, start) || (start > 0 && char.IsLetter(text[start - 1])))
        {
            return null;
        }

        Span<char> digits = stackalloc char[MostCardDigits];
        Span<int> groups = stackalloc int[MostCardDigits];
        var (count, group, lineEnds, isLoose) = (0, 0, 0, false);
        string? found = null;
        for (int at = start; ReadGroup(text, ref at, digits, ref count, isCard: true) is > 0 and var length;)
        {
            groups[group++] = length;
            if (!Boundaries.IsTiedBehind(text, at) && (!isLoose || AreOfCard(groups[..group])) && IsCard(digits[..count]))
            {
                (found, end) = (digits[..count].ToString(), at); // the longest is the card
            }

            int gap = Separators.GapOrDash(text, at, out bool isLineEnd);
            lineEnds += isLineEnd ? 1 : 0;
            isLoose |= isLineEnd || gap > 1;
            if (gap == 0 || lineEnds > 1 || count == MostCardDigits)
            {
                break;
            }

            at += gap;
        }

        return found;
    }

    /// <summary>An account's number: the length of its country, and the check by 97. What stands behind it may follow without a mark.</summary>
    public static string? Iban(ReadOnlySpan<char> text, int start, out int end)
    {
        end = start;
        int most = IsIbanStart(text[start..]) ? IbanLengths.GetValueOrDefault(Country(text[start..])) : 0;
        if (most == 0)
        {
            return null;
        }

        Span<char> number = stackalloc char[MostIbanCharacters];
        number = number[..most];
        var (count, lineEnds, isLoose, isInFours) = (0, 0, false, true);
        for (int at = start; ReadGroup(text, ref at, number, ref count, isCard: false) is > 0 and var length;)
        {
            if (count == most)
            {
                end = at;
                return (!isLoose || isInFours) && Remainder97(number) == 1 ? number.ToString() : null;
            }

            int gap = Separators.GapOrDash(text, at, out bool isLineEnd);
            lineEnds += isLineEnd ? 1 : 0;
            isLoose |= isLineEnd || gap > 1 || (gap == 1 && Separators.IsDash(text[at]));
            isInFours &= length == 4;
            if (gap == 0 || lineEnds > 1)
            {
                break;
            }

            at += gap;
        }

        return null;
    }

    private static bool IsIbanStart(ReadOnlySpan<char> text) => text.Length > 4
        && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1]) && char.IsAsciiDigit(text[2]) && char.IsAsciiDigit(text[3]);

    private static int Country(ReadOnlySpan<char> text) => (char.ToUpperInvariant(text[0]) << 8) | char.ToUpperInvariant(text[1]);

    // A group with more than there is room for, or for a card with letters in it, is none.
    private static int ReadGroup(ReadOnlySpan<char> text, ref int at, Span<char> number, ref int count, bool isCard)
    {
        int before = count;
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            if (count == number.Length || (isCard && char.IsAsciiLetter(text[at])))
            {
                return 0;
            }

            number[count++] = char.ToUpperInvariant(text[at++]);
        }

        return count - before;
    }

    // Fours, the last of them shorter; American Express and Diners 4-6-5 and 4-6-4.
    private static bool AreOfCard(ReadOnlySpan<int> groups) => groups is [4, 6, 4 or 5]
        || (groups.Length >= 4 && groups[^1] <= 4 && !groups[..^1].ContainsAnyExcept(4));

    private static bool IsCard(ReadOnlySpan<char> digits) =>
        digits.Length >= 13 && IsIssued(digits) && Luhn(digits) && digits.ContainsAnyExcept(digits[0]) && !IsArticle(digits);

    // Articles of German makers have 13 digits and begin as old cards of Visa do (EAN-13).
    private static bool IsArticle(ReadOnlySpan<char> digits) =>
        digits.Length == 13 && Digits.Sum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0;

    private static bool IsIssued(ReadOnlySpan<char> digits)
    {
        int two = Prefix(digits, 2);
        int three = Prefix(digits, 3);
        int four = Prefix(digits, 4);
        return digits.Length switch
        {
            13 => digits[0] == '4',
            14 => three is (>= 300 and <= 305) or 309 || two is 36 or 38 or 39,
            15 => two is 34 or 37,
            16 => digits[0] == '4' || two is >= 51 and <= 55 || four is (>= 2221 and <= 2720) || IsLong(two, three, four),
            17 or 18 => IsLong(two, three, four),
            19 => digits[0] == '4' || IsLong(two, three, four),
            _ => false,
        };
    }

    // Discover, JCB, UnionPay, Mir, Maestro.
    private static bool IsLong(int two, int three, int four) =>
        two is 62 or 65 || three is >= 644 and <= 649
        || four is 6011 or (>= 3528 and <= 3589) or (>= 2200 and <= 2204) or 5018 or 5020 or 5038 or 5893 or 6304 or 6759 or (>= 6761 and <= 6763);

    private static int Prefix(ReadOnlySpan<char> digits, int length) => int.Parse(digits[..length], CultureInfo.InvariantCulture);

    /// <summary>Luhn's check digit (ISO/IEC 7812-1, annex B).</summary>
    internal static bool Luhn(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            digit = i % 2 == 0 ? digit : digit * 2;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    private static int Remainder97(ReadOnlySpan<char> number)
    {
        int remainder = 0;
        for (int i = 0; i < number.Length; i++)
        {
            char c = number[(i + 4) % number.Length];
            remainder = char.IsAsciiDigit(c) ? ((remainder * 10) + (c - '0')) % 97 : ((remainder * 100) + (c - 'A' + 10)) % 97;
        }

        return remainder;
    }
}
