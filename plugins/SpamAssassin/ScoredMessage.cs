using System.Collections.Immutable;
using System.Globalization;

namespace PluginMail.SpamAssassin;

/// <summary>What spamd says of a message.</summary>
/// <param name="IsSpam">Whether it calls it spam.</param>
/// <param name="Score">Its points, finite.</param>
/// <param name="Threshold">From which on it would.</param>
/// <param name="Symbols">The names of the rules that hit, bounded.</param>
/// <param name="Report">Its report; empty where none was asked for.</param>
internal sealed record ScoredMessage(bool IsSpam, double Score, double Threshold, ImmutableArray<string> Symbols, string Report)
{
    private const double MostPoints = 1_000_000;
    private const int MostSymbols = 500;
    private const int LongestSymbol = 80;
    private const string Continued = "     "; // how a description goes on in the next line

    /// <summary>Reads it from a reply to SYMBOLS or REPORT.</summary>
    /// <returns>It; null where the reply has no field <c>Spam: True ; 7.5 / 5.0</c>.</returns>
    public static ScoredMessage? From(SpamdReply reply, bool isReport)
    {
        if (!reply.Headers.TryGetValue("spam", out string? text)
            || text.Split([';', '/'], StringSplitOptions.TrimEntries) is not [var flag, var points, var limit]
            || !TryNumber(points, out double score) || !TryNumber(limit, out double threshold))
        {
            return null;
        }

        bool isSpam = flag.Equals("True", StringComparison.OrdinalIgnoreCase) || flag.Equals("Yes", StringComparison.OrdinalIgnoreCase);
        return isReport
            ? new ScoredMessage(isSpam, score, threshold, OfReport(reply.Body), reply.Body)
            : new ScoredMessage(isSpam, score, threshold, Names(reply.Body.Split([',', '\r', '\n', ' '], MostSymbols + 1)), "");
    }

    /// <summary>
    /// The names in the report's table, whose lines are points, name, description, below a rule (<c>---- ----</c>). What stands above may be
    /// the message's own words; a template of one's own may have no rule.
    /// </summary>
    private static ImmutableArray<string> OfReport(string report)
    {
        string[] lines = report.Split('\n');
        return OfTable(lines.Skip(Array.FindLastIndex(lines, IsRule) + 1));
    }

    private static bool IsRule(string line) => line.Trim() is ['-', '-', '-', '-', ' ', '-', ..] rule && !rule.AsSpan().ContainsAnyExcept('-', ' ');

    private static ImmutableArray<string> OfTable(IEnumerable<string> lines) => Names(
        lines.Where(static line => !line.StartsWith(Continued, StringComparison.Ordinal)).Select(static line => line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(static words => words.Length >= 2 && words[0].Contains('.', StringComparison.Ordinal) && TryNumber(words[0], out _))
            .Select(static words => words[1]));

    private static ImmutableArray<string> Names(IEnumerable<string> words) =>
        [.. words.Where(static word => word.Length is > 0 and <= LongestSymbol && word.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')).Take(MostSymbols)];

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
        && Math.Abs(number) <= MostPoints;
}
