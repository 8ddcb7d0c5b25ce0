namespace PluginMail.Dlp.Rules;

/// <summary>Numbers of taxpayers.</summary>
internal static class TaxNumbers
{
    private const string NifLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
    private const string CifLetters = "JABCDEFGHI";

    // Values of 0-9 and A-Z at odd places of a codice fiscale (DM 12/03/1974).
    private static ReadOnlySpan<byte> OddPlace =>
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    /// <summary>A Russian one, of 10 digits for firms and 12 for people.</summary>
    public static bool Inn(ReadOnlySpan<char> number) => number.Length == 10
        ? Digits.Sum(number[..9], [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == number[9] - '0'
        : Digits.Sum(number[..10], [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == number[10] - '0'
            && Digits.Sum(number[..11], [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == number[11] - '0';

    /// <summary>A German one: one digit two or three times, the others at most once, and ISO 7064 MOD 11,10.</summary>
    public static bool SteuerId(ReadOnlySpan<char> number)
    {
        Span<int> counts = stackalloc int[10];
        int product = 10;
        foreach (char c in number[..10])
        {
            counts[c - '0']++;
            int sum = (c - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        int repeated = 0;
        int most = 0;
        foreach (int count in counts)
        {
            repeated += count > 1 ? 1 : 0;
            most = Math.Max(most, count);
        }

        return number[0] != '0' && repeated == 1 && most <= 3 && (11 - product) % 10 == number[10] - '0';
    }

    /// <summary>An Italian code, with its check letter; digits may stand as letters where another person has the same.</summary>
    public static bool CodiceFiscale(ReadOnlySpan<char> number)
    {
        int sum = 0;
        for (int i = 0; i < 15; i++)
        {
            bool isDigit = i is 6 or 7 or 9 or 10 or (>= 12 and <= 14);
            bool fits = isDigit ? char.IsAsciiDigit(number[i]) || "LMNPQRSTUV".Contains(number[i], StringComparison.Ordinal) : char.IsAsciiLetter(number[i]);
            if (!fits)
            {
                return false;
            }

            int value = char.IsAsciiDigit(number[i]) ? number[i] - '0' : number[i] - 'A';
            sum += i % 2 == 0 ? OddPlace[value] : value;
        }

        return "ABCDEHLMPRST".Contains(number[8], StringComparison.Ordinal) && number[15] - 'A' == sum % 26;
    }

    /// <summary>A Spanish one of a citizen.</summary>
    public static bool Nif(ReadOnlySpan<char> number) => NifLetters[(int)(Digits.Value(number[..8]) % 23)] == number[8];

    /// <summary>A Spanish one of a foreigner.</summary>
    public static bool Nie(ReadOnlySpan<char> number) => number[0] is 'X' or 'Y' or 'Z'
        && NifLetters[(int)((((number[0] - 'X') * 10_000_000) + Digits.Value(number[1..8])) % 23)] == number[8];

    /// <summary>A Spanish one of a firm: its check is a digit, a letter, or either, as its first letter says.</summary>
    public static bool Cif(ReadOnlySpan<char> number)
    {
        if (!"ABCDEFGHJNPQRSUVW".Contains(number[0], StringComparison.Ordinal))
        {
            return false;
        }

        int sum = 0;
        for (int i = 1; i < 8; i++)
        {
            int digit = (number[i] - '0') * (i % 2 == 0 ? 1 : 2);
            sum += (digit / 10) + (digit % 10);
        }

        int check = (10 - (sum % 10)) % 10;
        return char.IsAsciiDigit(number[8])
            ? number[8] - '0' == check && !"NPQRSW".Contains(number[0], StringComparison.Ordinal)
            : number[8] == CifLetters[check] && !"ABEH".Contains(number[0], StringComparison.Ordinal);
    }

    /// <summary>A United States one of a person without social security: begins with 9, with groups that are given out.</summary>
    public static bool Itin(ReadOnlySpan<char> number) => number[0] == '9'
        && Digits.Value(number[3..5]) is (>= 50 and <= 65) or (>= 70 and <= 88) or (>= 90 and <= 92) or (>= 94 and <= 99);

    /// <summary>A United States one of an employer: of prefixes that are given out.</summary>
    public static bool Ein(ReadOnlySpan<char> number) => Digits.Value(number[..2])
        is not (0 or 7 or 8 or 9 or 17 or 18 or 19 or 28 or 29 or 49 or 69 or 70 or 78 or 79 or 89 or 96 or 97);

    /// <summary>A French one: the key is the remainder by 511.</summary>
    public static bool NumeroFiscal(ReadOnlySpan<char> number) => number[0] <= '3' && Digits.Value(number[..10]) % 511 == Digits.Value(number[10..]);

    /// <summary>A British unique taxpayer reference: its first digit checks the others.</summary>
    public static bool Utr(ReadOnlySpan<char> number) => number[0] == "21987654321"[Digits.Sum(number[1..], [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11];

    /// <summary>A Polish one of a firm.</summary>
    public static bool Nip(ReadOnlySpan<char> number) =>
        Digits.Sum(number[..9], [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == number[9] - '0' && number.ContainsAnyExcept(number[0]);

    /// <summary>A Dutch one: the sum of weighted digits is a multiple of 11.</summary>
    public static bool Bsn(ReadOnlySpan<char> number) =>
        Digits.Sum(number, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0 && number.ContainsAnyExcept('0');

    /// <summary>A Portuguese one.</summary>
    public static bool NifPt(ReadOnlySpan<char> number) => (11 - (Digits.Sum(number[..8], [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) is var check
        && (check > 9 ? 0 : check) == number[8] - '0' && number[0] is not ('0' or '4');

    /// <summary>A Brazilian one of a person, with two check digits.</summary>
    public static bool Cpf(ReadOnlySpan<char> number) => number.ContainsAnyExcept(number[0])
        && Check11(number[..9], [10, 9, 8, 7, 6, 5, 4, 3, 2]) == number[9] - '0'
        && Check11(number[..10], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == number[10] - '0';

    /// <summary>A Brazilian one of a firm, with two check digits; since 2026 letters may stand in it.</summary>
    public static bool Cnpj(ReadOnlySpan<char> number) => number.ContainsAnyExcept(number[0])
        && Check11(number[..12], [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == number[12] - '0'
        && Check11(number[..13], [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == number[13] - '0';

    private static int Check11(ReadOnlySpan<char> digits, ReadOnlySpan<int> weights) =>
        Digits.Sum(digits, weights) % 11 is < 2 ? 0 : 11 - (Digits.Sum(digits, weights) % 11);
}
