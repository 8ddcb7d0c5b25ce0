namespace PluginMail.Dlp.Rules;

/// <summary>Numbers of passports and of tax and social insurance, with their check digits.</summary>
internal static class IdentityNumbers
{
    private const string NifLetters = "TRWAGMYFPDXBNJZSQVHLCKE";

    // Values of 0-9 and A-Z at odd places of a codice fiscale (DM 12/03/1974).
    private static ReadOnlySpan<byte> OddPlace =>
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    /// <summary>What has no check digits.</summary>
    public static string? Plain(ReadOnlySpan<char> text) => text.ToString();

    /// <summary>The second line of a passport's machine-readable zone (ICAO 9303 part 4, TD3): four check digits and one over all.</summary>
    public static string? MachineReadable(ReadOnlySpan<char> text)
    {
        bool isValid = text.Length == 44
            && Check731(text[..9], text[9]) && Check731(text.Slice(13, 6), text[19]) && Check731(text.Slice(21, 6), text[27])
            && (Check731(text.Slice(28, 14), text[42]) || (text[42] == '<' && !text.Slice(28, 14).ContainsAnyExcept('<')))
            && Check731(string.Concat(text[..10], text.Slice(13, 7), text.Slice(21, 22)), text[43]);
        return isValid ? text[..9].ToString() : null;
    }

    /// <summary>A Russian taxpayer's number, of 10 digits for firms and 12 for people.</summary>
    public static string? Inn(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<byte> weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
        bool isValid = text.Length == 10
            ? Weighted(text[..9], weights[2..]) == text[9] - '0'
            : Weighted(text[..10], weights[1..]) == text[10] - '0' && Weighted(text[..11], weights) == text[11] - '0';
        return isValid ? text.ToString() : null;

        static int Weighted(ReadOnlySpan<char> digits, ReadOnlySpan<byte> weights)
        {
            int sum = 0;
            for (int i = 0; i < digits.Length; i++)
            {
                sum += (digits[i] - '0') * weights[i];
            }

            return sum % 11 % 10;
        }
    }

    /// <summary>A Russian social insurance number.</summary>
    public static string? Snils(ReadOnlySpan<char> text)
    {
        string digits = PaymentNumbers.Digits(text);
        int sum = 0;
        for (int i = 0; i < 9; i++)
        {
            sum += (digits[i] - '0') * (9 - i);
        }

        return sum % 101 % 100 == ((digits[9] - '0') * 10) + digits[10] - '0' ? digits : null;
    }

    /// <summary>A German taxpayer's number: one digit two or three times, the others at most once, and ISO 7064 MOD 11,10.</summary>
    public static string? SteuerId(ReadOnlySpan<char> text)
    {
        string digits = PaymentNumbers.Digits(text);
        Span<int> counts = stackalloc int[10];
        int product = 10;
        for (int i = 0; i < 10; i++)
        {
            counts[digits[i] - '0']++;
            int sum = (digits[i] - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        int repeated = 0;
        int most = 0;
        foreach (int count in counts)
        {
            repeated += count > 1 ? 1 : 0;
            most = Math.Max(most, count);
        }

        int check = (11 - product) % 10;
        return repeated == 1 && most <= 3 && check == digits[10] - '0' ? digits : null;
    }

    /// <summary>An Italian taxpayer's code, with its check letter.</summary>
    public static string? CodiceFiscale(ReadOnlySpan<char> text)
    {
        string code = text.ToString().ToUpperInvariant();
        int sum = 0;
        for (int i = 0; i < 15; i++)
        {
            int value = char.IsAsciiDigit(code[i]) ? code[i] - '0' : code[i] - 'A';
            sum += i % 2 == 0 ? OddPlace[value] : value;
        }

        return code[15] - 'A' == sum % 26 ? code : null;
    }

    /// <summary>A Spanish taxpayer's number: of a citizen, or with X, Y or Z of a foreigner.</summary>
    public static string? Nif(ReadOnlySpan<char> text)
    {
        char first = char.ToUpperInvariant(text[0]);
        int number = first is 'X' or 'Y' or 'Z' ? first - 'X' : first - '0';
        foreach (char c in text[1..8])
        {
            number = (number * 10) + c - '0';
        }

        char letter = char.ToUpperInvariant(text[^1]);
        return NifLetters[number % 23] == letter ? $"{first}{text[1..8]}{letter}" : null;
    }

    /// <summary>A United States social security number: not of the parts that are never given out.</summary>
    public static string? Ssn(ReadOnlySpan<char> text)
    {
        string digits = PaymentNumbers.Digits(text);
        return digits[..3] is "000" or "666" || digits[0] == '9' || digits[3..5] == "00" || digits[5..] == "0000" ? null : digits;
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
