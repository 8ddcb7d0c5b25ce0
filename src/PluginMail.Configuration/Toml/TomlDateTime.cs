using System.Globalization;
using System.Text;

namespace PluginMail.Configuration.Toml;

/// <summary>Which of TOML's four forms a date or time has.</summary>
public enum TomlDateTimeKind
{
    /// <summary>Date, time and offset from UTC (RFC 3339).</summary>
    OffsetDateTime,

    /// <summary>Date and time without offset.</summary>
    LocalDateTime,

    /// <summary>A date alone.</summary>
    LocalDate,

    /// <summary>A time of day alone.</summary>
    LocalTime,
}

/// <summary>A date, a time or both, in the parts in which it is written.</summary>
/// <param name="Kind">Which parts count.</param>
/// <param name="Date">The date; 0001-01-01 for a time alone.</param>
/// <param name="Hour">0 to 23.</param>
/// <param name="Minute">0 to 59.</param>
/// <param name="Second">0 to 60: RFC 3339 allows a leap second.</param>
/// <param name="Fraction">The digits behind the second's point, as written; empty without.</param>
/// <param name="OffsetMinutes">Minutes east of UTC; <see langword="null"/> where it is written <c>Z</c> or does not count.</param>
public sealed record TomlDateTime(
    TomlDateTimeKind Kind, DateOnly Date, int Hour, int Minute, int Second, string Fraction, int? OffsetMinutes)
{
    /// <summary>The value as RFC 3339 writes it, with upper-case <c>T</c> and <c>Z</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Kind != TomlDateTimeKind.LocalTime)
        {
            text.Append(Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        if (Kind is TomlDateTimeKind.OffsetDateTime or TomlDateTimeKind.LocalDateTime)
        {
            text.Append('T');
        }

        if (Kind != TomlDateTimeKind.LocalDate)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Hour:00}:{Minute:00}:{Second:00}");
            text.Append(Fraction.Length > 0 ? "." + Fraction : "");
        }

        if (Kind == TomlDateTimeKind.OffsetDateTime)
        {
            text.Append(OffsetMinutes is { } offset
                ? string.Create(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{Math.Abs(offset) / 60:00}:{Math.Abs(offset) % 60:00}")
                : "Z");
        }

        return text.ToString();
    }
}
