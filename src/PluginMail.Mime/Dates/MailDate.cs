using System.Globalization;

namespace PluginMail.Mime;

/// <summary>Dates of header fields (RFC 5322 section 3.3, obsolete forms of section 4.3).</summary>
public static class MailDate
{
    private const int MaxLength = 256;

    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Writes a date as RFC 5322 wants it, to the second: "Sat, 21 Nov 2026 18:08:09 +0100".</summary>
    public static string Format(DateTimeOffset date)
    {
        var sign = date.Offset < TimeSpan.Zero ? '-' : '+';
        var offset = date.Offset.Duration();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Days[(int)date.DayOfWeek]}, {date.Day} {Months[date.Month - 1]} {date.Year:0000} {date:HH':'mm':'ss} {sign}{offset.Hours:00}{offset.Minutes:00}");
    }

    /// <summary>
    /// Reads a raw field value: day name, seconds and zone may be missing (no zone and unknown ones mean UTC), years may have two or three
    /// digits, comments may stand anywhere, and the order of asctime() is understood.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> rawValue, out DateTimeOffset date)
    {
        Span<char> text = stackalloc char[Math.Min(rawValue.Length, MaxLength)];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (char)rawValue[i];
        }
        return TryParse((ReadOnlySpan<char>)text, out date);
    }

    /// <summary>Reads a date from text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        var reader = new DateReader(text[..Math.Min(text.Length, MaxLength)]);
        return reader.TryRead(out date);
    }

    internal static int MonthOf(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Months.Length && name.Length >= 3; i++)
        {
            if (name[..3].Equals(Months[i], StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }
        return 0;
    }
}
