using System.Globalization;

namespace PluginMail.Configuration.Toml;

/// <summary>Dates and times in RFC 3339's form; seconds are required, as TOML 1.0 has it.</summary>
internal static class TomlDateTimeReader
{
    /// <summary>Begins like a date (<c>dddd-</c>) or like a time (<c>dd:</c>).</summary>
    internal static bool LooksLikeOne(ReadOnlySpan<char> written) =>
        (written.Length > 4 && written[4] == '-' && AreDigits(written[..4])) || (written.Length > 2 && written[2] == ':' && AreDigits(written[..2]));

    /// <summary>The value, or <see langword="null"/> where the form or a number is wrong.</summary>
    internal static TomlDateTime? Read(ReadOnlySpan<char> written)
    {
        var date = DateOnly.MinValue;
        bool hasDate = written[2] != ':';
        if (hasDate)
        {
            if (written.Length < 10 || !TryDate(written[..10], out date))
            {
                return null;
            }

            if (written.Length == 10)
            {
                return new TomlDateTime(TomlDateTimeKind.LocalDate, date, 0, 0, 0, "", null);
            }

            if (written[10] is not ('T' or 't' or ' '))
            {
                return null;
            }

            written = written[11..];
        }

        return Time(written, hasDate, date);
    }

    private static TomlDateTime? Time(ReadOnlySpan<char> written, bool hasDate, DateOnly date)
    {
        if (written.Length < 8 || written[2] != ':' || written[5] != ':'
            || !TryNumber(written[..2], 23, out int hour) || !TryNumber(written[3..5], 59, out int minute) || !TryNumber(written[6..8], 60, out int second))
        {
            return null;
        }

        written = written[8..];
        string fraction = "";
        if (written.StartsWith('.'))
        {
            int digits = written[1..].IndexOfAnyExceptInRange('0', '9');
            digits = digits < 0 ? written.Length - 1 : digits;
            if (digits == 0)
            {
                return null;
            }

            fraction = written.Slice(1, digits).ToString();
            written = written[(digits + 1)..];
        }

        if (written.IsEmpty)
        {
            return new TomlDateTime(hasDate ? TomlDateTimeKind.LocalDateTime : TomlDateTimeKind.LocalTime, date, hour, minute, second, fraction, null);
        }

        return hasDate && TryOffset(written, out int? offset)
            ? new TomlDateTime(TomlDateTimeKind.OffsetDateTime, date, hour, minute, second, fraction, offset)
            : null;
    }

    private static bool TryDate(ReadOnlySpan<char> written, out DateOnly date) =>
        DateOnly.TryParseExact(written, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool TryOffset(ReadOnlySpan<char> written, out int? offset)
    {
        offset = null;
        if (written is "Z" or "z")
        {
            return true;
        }

        if (written.Length != 6 || written[0] is not ('+' or '-') || written[3] != ':'
            || !TryNumber(written[1..3], 23, out int hours) || !TryNumber(written[4..], 59, out int minutes))
        {
            return false;
        }

        offset = ((hours * 60) + minutes) * (written[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, int maximum, out int number)
    {
        number = 0;
        return AreDigits(digits) && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= maximum;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;
}
