using System.Buffers;
using System.Globalization;

namespace PluginMail.Configuration.Toml;

/// <summary>Strings are told by their quote; everything else is a run of characters that is a boolean, a date or a number.</summary>
internal sealed partial class TomlParser
{
    private static readonly SearchValues<char> EndOfScalar = SearchValues.Create(" \t\r\n,]}#");

    private object? Scalar()
    {
        if (Current is '"' or '\'')
        {
            return AnyString();
        }

        int start = _at;
        int length = _text.AsSpan(_at).IndexOfAny(EndOfScalar);
        length = length < 0 ? _text.Length - _at : length;
        if (length == 0)
        {
            return Expected<object>("a value");
        }

        if (length == 10 && IsDateBeforeTime(start))
        {
            int time = _text.AsSpan(start + 11).IndexOfAny(EndOfScalar);
            length = time < 0 ? _text.Length - start : 11 + time;
        }

        var written = _text.AsSpan(start, length);
        object? value = written switch
        {
            "true" => true,
            "false" => false,
            _ when TomlDateTimeReader.LooksLikeOne(written) => TomlDateTimeReader.Read(written),
            _ => TomlNumberReader.Read(written),
        };
        if (value is null)
        {
            return Fail<object>(start, WhyNot(written));
        }

        _at += length;
        return value;
    }

    /// <summary>RFC 3339 lets a space stand for the "T": <c>1979-05-27 07:32:00</c>.</summary>
    private bool IsDateBeforeTime(int start) =>
        TomlDateTimeReader.LooksLikeOne(_text.AsSpan(start, 10)) && _text[start + 4] == '-'
            && start + 12 < _text.Length && _text[start + 10] == ' '
            && char.IsAsciiDigit(_text[start + 11]) && char.IsAsciiDigit(_text[start + 12]);

    private static string WhyNot(ReadOnlySpan<char> written)
    {
        string shown = written.Length > 40 ? $"{written[..40]}…" : written.ToString();
        if (TomlDateTimeReader.LooksLikeOne(written))
        {
            return $"found \"{shown}\", expected a date or time like 1979-05-27, 07:32:00 or 1979-05-27T07:32:00Z";
        }

        if (shown.Equals("true", StringComparison.OrdinalIgnoreCase) || shown.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            return $"found \"{shown}\", expected {shown.ToLower(CultureInfo.InvariantCulture)} in lower case";
        }

        if (!char.IsAsciiDigit(written[0]) && written[0] is not ('+' or '-' or '.'))
        {
            return $"found \"{shown}\", expected a value: text stands in quotes";
        }

        var digits = written.TrimStart("+-");
        return TomlNumberReader.IsDigits(digits) && digits[0] != '0' && digits.Length >= written.Length - 1
            ? $"found {shown}, expected an integer of 64 bits"
            : $"found \"{shown}\", expected a number like 42, -1_000, 0xFF or 6.5e-3; text stands in quotes";
    }
}
