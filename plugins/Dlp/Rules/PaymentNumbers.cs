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

    private static readonly FrozenDictionary<string, int> IbanLengths = Lengths.Split(' ')
        .ToFrozenDictionary(text => text[..2], text => int.Parse(text.AsSpan(2), CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>A card's number: the prefix and length of an issuer, and Luhn's check digit. Other groups of digits may stand before and behind it.</summary>
    public static string? Card(ReadOnlySpan<char> text, out int next)
    {
        for (int start = 0; start < text.Length; start++)
        {
            if (start > 0 && char.IsAsciiDigit(text[start - 1]))
            {
                continue;
            }

            for (int end = text.Length; end - start >= 13; end--)
            {
                bool ends = end == text.Length || !char.IsAsciiDigit(text[end]);
                if (ends && char.IsAsciiDigit(text[end - 1]) && IsCard(Digits(text[start..end])) is { } number)
                {
                    next = end;
                    return number;
                }
            }
        }

        next = (text.Length / 3) + 1; // the longest that begins before has been looked at
        return null;
    }

    /// <summary>An account's number: the length of its country, and the check by 97. What stands behind it may follow without a mark.</summary>
    public static string? Iban(ReadOnlySpan<char> text, out int next)
    {
        Span<char> number = stackalloc char[34];
        int length = 0;
        int most = IbanLengths.GetValueOrDefault(text[..2].ToString().ToUpperInvariant());
        int at = 0;
        for (; at < text.Length && length < most; at++)
        {
            if (text[at] is not (' ' or '\u00a0'))
            {
                number[length++] = char.ToUpperInvariant(text[at]);
            }
        }

        bool ends = at >= text.Length || text[at] is ' ' or '\u00a0';
        bool isOne = most > 0 && length == most && ends && Remainder97(number[..length]) == 1;
        next = isOne ? at : 1; // "FY24 DE89..." looks like one that begins with FY24
        return isOne ? number[..length].ToString() : null;
    }

    /// <summary>The digits of a text.</summary>
    internal static string Digits(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[Math.Min(text.Length, 64)];
        int count = 0;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c) && count < digits.Length)
            {
                digits[count++] = c;
            }
        }

        return digits[..count].ToString();
    }

    private static string? IsCard(string digits) =>
        digits.Length is >= 13 and <= 19 && IsIssued(digits) && Luhn(digits) && digits.AsSpan().ContainsAnyExcept(digits[0]) ? digits : null;

    private static bool IsIssued(string digits)
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

    private static int Prefix(string digits, int length) => int.Parse(digits.AsSpan(0, length), CultureInfo.InvariantCulture);

    private static bool Luhn(string digits)
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
