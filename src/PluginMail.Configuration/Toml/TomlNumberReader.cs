using System.Globalization;

namespace PluginMail.Configuration.Toml;

/// <summary>Integers (64 bits, also hexadecimal, octal and binary) and floating-point numbers.</summary>
internal static class TomlNumberReader
{
    /// <summary>A <see cref="long"/>, a <see cref="double"/>, or <see langword="null"/> for what is neither.</summary>
    internal static object? Read(ReadOnlySpan<char> written)
    {
        if (written.StartsWith("0x") || written.StartsWith("0o") || written.StartsWith("0b"))
        {
            return Prefixed(written[2..], written[1] switch { 'x' => 16, 'o' => 8, _ => 2 });
        }

        bool negative = written[0] == '-';
        var unsigned = written[0] is '+' or '-' ? written[1..] : written;
        switch (unsigned)
        {
            case "inf":
                return negative ? double.NegativeInfinity : double.PositiveInfinity;
            case "nan":
                return double.NaN;
        }

        int mark = unsigned.IndexOfAny(".eE");
        var whole = mark < 0 ? unsigned : unsigned[..mark];
        if (!IsDigits(whole) || (whole.Length > 1 && whole[0] == '0'))
        {
            return null;
        }

        if (mark < 0)
        {
            return long.TryParse(Plain(written), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? integer : null;
        }

        return IsFractionAndExponent(unsigned[mark..])
            && double.TryParse(Plain(written), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
    }

    /// <summary>One digit at least, with single underscores between digits only.</summary>
    internal static bool IsDigits(ReadOnlySpan<char> text)
    {
        bool afterDigit = false;
        foreach (char c in text)
        {
            if (c == '_' ? !afterDigit : !char.IsAsciiDigit(c))
            {
                return false;
            }

            afterDigit = c != '_';
        }

        return afterDigit;
    }

    private static bool IsFractionAndExponent(ReadOnlySpan<char> text)
    {
        int exponent = text.IndexOfAny('e', 'E');
        var fraction = exponent < 0 ? text : text[..exponent];
        if (fraction.Length > 0 && !IsDigits(fraction[1..]))
        {
            return false;
        }

        if (exponent < 0)
        {
            return true;
        }

        var power = text[(exponent + 1)..];
        return IsDigits(power.Length > 0 && power[0] is '+' or '-' ? power[1..] : power);
    }

    private static long? Prefixed(ReadOnlySpan<char> digits, int radix)
    {
        ulong value = 0;
        bool afterDigit = false;
        foreach (char c in digits)
        {
            if (c == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }

            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || value > (ulong)long.MaxValue / (ulong)radix)
            {
                return null;
            }

            value = (value * (ulong)radix) + (ulong)digit;
            afterDigit = true;
        }

        return afterDigit && value <= long.MaxValue ? (long)value : null;
    }

    private static string Plain(ReadOnlySpan<char> written) => written.ToString().Replace("_", "", StringComparison.Ordinal);
}
