namespace PluginMail.Dlp.Rules;

/// <summary>What numbers are checked with.</summary>
internal static class Digits
{
    /// <summary>The number that digits are.</summary>
    public static long Value(ReadOnlySpan<char> digits)
    {
        long value = 0;
        foreach (char c in digits)
        {
            value = (value * 10) + c - '0';
        }

        return value;
    }

    /// <summary>The sum of digits, each times its weight. Letters count as what stands so far behind the zero in ASCII.</summary>
    public static int Sum(ReadOnlySpan<char> digits, ReadOnlySpan<int> weights)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            sum += (digits[i] - '0') * weights[i];
        }

        return sum;
    }

    /// <summary>Whether digits and a day may be a date of some century.</summary>
    public static bool IsDate(ReadOnlySpan<char> year, ReadOnlySpan<char> month, int day) =>
        Value(month) is >= 1 and <= 12 and var number && day >= 1 && day <= DateTime.DaysInMonth(2000 + (int)Value(year), (int)number);
}
