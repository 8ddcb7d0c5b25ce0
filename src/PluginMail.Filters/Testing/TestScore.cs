using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Filters.Testing;

/// <summary>
/// What a spam or virus check wrote into the header, as Pigeonhole's settings of spamtest and virustest describe it: a header with an expression
/// whose first group counts, and how to read that (a number, a run of characters, one of several texts).
/// </summary>
internal static class TestScore
{
    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("+-.0123456789");

    /// <summary>The ways to read it.</summary>
    public static ImmutableArray<string> Types { get; } = ["score", "strlen", "text"];

    /// <summary>From 0, surely clean, to 1; null: the message was not tested.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="message">The message.</param>
    /// <param name="grades">The largest number among the texts.</param>
    public static double? Of(ImmutableDictionary<string, string> settings, string prefix, MimeFilterMessage message, int grades)
    {
        if (!settings.TryGetValue(prefix + "status_header", out var header) || Read(header, message) is not { } status)
        {
            return null;
        }

        var type = settings.GetValueOrDefault(prefix + "status_type", "score");
        if (type == "text")
        {
            var grade = Enumerable.Range(0, grades + 1).FirstOrDefault(i => settings.GetValueOrDefault($"{prefix}text_value{i}") == status, -1);
            return grade > 0 ? Math.Min(1, ((grade - 1.0) / (grades - 1)) + 1e-9) : null;
        }

        var most = settings.TryGetValue(prefix + "max_value", out var value) ? NumberOf(value)
            : settings.TryGetValue(prefix + "max_header", out var of) ? NumberOf(Read(of, message) ?? "") : null;
        var number = type == "strlen" ? status.Length : NumberOf(status);
        return number is { } found && most is > 0 ? Math.Clamp(found / most.Value, 0, 1) : null;
    }

    /// <summary>Whether a setting gives the text of a grade.</summary>
    public static bool IsTextSetting(string name) =>
        name.StartsWith("sieve_spamtest_text_value", StringComparison.Ordinal) ? IsGrade(name["sieve_spamtest_text_value".Length..], 10)
        : name.StartsWith("sieve_virustest_text_value", StringComparison.Ordinal) && IsGrade(name["sieve_virustest_text_value".Length..], 5);

    /// <summary>Whether a text names a header, perhaps with a colon and an expression.</summary>
    public static bool IsHeader(string text) => Split(text, out var pattern) is { } name && HeaderBlock.IsFieldName(name) && (pattern is null || Parse(pattern) is not null);

    /// <summary>The number that a text begins with; null where it begins with none.</summary>
    public static double? NumberOf(string text)
    {
        var number = text.AsSpan().TrimStart();
        var length = number.IndexOfAnyExcept(OfNumbers);
        return double.TryParse(length < 0 ? number : number[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static bool IsGrade(string text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var grade) && grade <= most;

    private static string? Split(string text, out string? pattern)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        pattern = colon < 0 ? null : text[(colon + 1)..].Trim();
        return (colon < 0 ? text : text[..colon]).Trim();
    }

    private static PosixRegex? Parse(string pattern) => PosixRegex.Parse(Encoding.UTF8.GetBytes(pattern), Comparator.Octet, out _);

    private static string? Read(string setting, MimeFilterMessage message)
    {
        if (Split(setting, out var pattern) is not { } name || message.GetHeader(name) is not [var octets, ..])
        {
            return null;
        }

        var value = Encoding.UTF8.GetString(octets);
        if (pattern is null || Parse(pattern) is not { } parsed)
        {
            return value;
        }

        var match = RegexKey.Make(parsed).Match(value);
        return match.Success ? match.Groups[^1].Value : null;
    }
}
