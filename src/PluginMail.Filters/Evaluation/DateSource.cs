using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>A part of the date of a field (RFC 5260 4).</summary>
/// <param name="Name">The header in lower case.</param>
/// <param name="Index">Which field.</param>
/// <param name="Part">The part of the date.</param>
/// <param name="Zone">The zone.</param>
internal sealed record DateSource(string Name, FieldIndex Index, string Part, DateZone Zone) : ValueSource
{
    /// <summary>The local zone is the recipient's.</summary>
    public override bool DependsOnEnvelope => true;

    public override TextValue[] Read(FilterInput input) => Index.Of(input.Message.GetRawHeader(Name)) is [var raw] && DateOf(raw) is { } date
        ? [new(DateParts.Get(Zone.Shift(date, input.Context.Clock), Part))]
        : [];

    /// <summary>The date that makes up the field, or that follows the last semicolon of it.</summary>
    private static DateTimeOffset? DateOf(byte[] raw) =>
        MailDate.TryParse(raw, out var date) || MailDate.TryParse(raw.AsSpan(raw.AsSpan().LastIndexOf((byte)';') + 1), out date) ? date : null;
}

/// <summary>A part of the time at which the script runs (RFC 5260 5).</summary>
internal sealed record CurrentDateSource(string Part, DateZone Zone) : ValueSource
{
    public override bool DependsOnEnvelope => true;

    public override TextValue[] Read(FilterInput input) => [new(DateParts.Get(Zone.Shift(input.Now, input.Context.Clock), Part))];
}

/// <summary>The zone in which a date is shown.</summary>
/// <param name="IsOriginal">Whether it keeps its own.</param>
/// <param name="Minutes">Minutes east of UTC; null: the local zone.</param>
internal readonly record struct DateZone(bool IsOriginal, int? Minutes)
{
    public DateTimeOffset Shift(DateTimeOffset date, TimeProvider clock)
    {
        try
        {
            return IsOriginal ? date
                : Minutes is { } minutes ? date.ToOffset(TimeSpan.FromMinutes(minutes))
                : TimeZoneInfo.ConvertTime(date, clock.LocalTimeZone);
        }
        catch (ArgumentOutOfRangeException)
        {
            return date; // the first and last day of the calendar
        }
    }

    /// <summary>time-zone = ("+" / "-") 4DIGIT, at most fourteen hours.</summary>
    public static int? Parse(string zone)
    {
        if (zone.Length != 5 || zone[0] is not ('+' or '-') || !int.TryParse(zone.AsSpan(1), NumberStyles.None, null, out var digits) || digits % 100 > 59 || digits > 1400)
        {
            return null;
        }

        var minutes = (digits / 100 * 60) + (digits % 100);
        return zone[0] == '-' ? -minutes : minutes;
    }
}

/// <summary>The parts of dates that scripts name (RFC 5260 4.2).</summary>
internal static class DateParts
{
    private static readonly DateTime ModifiedJulianEpoch = new(1858, 11, 17, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["year", "month", "day", "date", "julian", "hour", "minute", "second", "time", "iso8601", "std11", "zone", "weekday"];

    public static string Get(DateTimeOffset date, string part) => part switch
    {
        "year" => Format(date, "yyyy"),
        "month" => Format(date, "MM"),
        "day" => Format(date, "dd"),
        "date" => Format(date, "yyyy'-'MM'-'dd"),
        "julian" => (date.Date - ModifiedJulianEpoch).Days.ToString(CultureInfo.InvariantCulture),
        "hour" => Format(date, "HH"),
        "minute" => Format(date, "mm"),
        "second" => Format(date, "ss"),
        "time" => Format(date, "HH':'mm':'ss"),
        "iso8601" => Format(date, date.Offset == TimeSpan.Zero ? "yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'" : "yyyy'-'MM'-'dd'T'HH':'mm':'sszzz"),
        "std11" => MailDate.Format(date),
        "zone" => (date.Offset < TimeSpan.Zero ? "-" : "+") + date.Offset.Duration().ToString("hhmm", CultureInfo.InvariantCulture),
        _ => ((int)date.DayOfWeek).ToString(CultureInfo.InvariantCulture),
    };

    private static string Format(DateTimeOffset date, string form) => date.ToString(form, CultureInfo.InvariantCulture);
}
