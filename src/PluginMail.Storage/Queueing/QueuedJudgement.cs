using System.Collections.Immutable;
using System.Globalization;

namespace PluginMail.Storage;

/// <summary>What checks found of a message that waits in the queue, for the filters of those to whom it is delivered here later.</summary>
/// <param name="SpamPercent">How likely it is spam, from 0 to 100; null where no check gave a score.</param>
/// <param name="Score">The sum of the points that checks gave.</param>
/// <param name="Tags">The tags that checks and editors gave.</param>
public sealed record QueuedJudgement(double? SpamPercent, double Score, ImmutableHashSet<string> Tags)
{
    private const string RecordedMark = "o";

    /// <summary>Of a message of which no check found anything.</summary>
    public static QueuedJudgement None { get; } = new(null, 0, []);

    /// <summary>Whether what was found of its origin was written into it when it came, and what others had written there in our name taken off.</summary>
    public bool IsOriginRecorded { get; init; }

    /// <summary>As a line of text; null for nothing.</summary>
    internal string? Write() => SpamPercent is null && Score == 0 && Tags.IsEmpty && !IsOriginRecorded ? null : string.Join(
        ';',
        Tags.Order(StringComparer.Ordinal).Select(Uri.EscapeDataString)
            .Prepend(Score.ToString("R", CultureInfo.InvariantCulture))
            .Prepend((IsOriginRecorded ? RecordedMark : "") + SpamPercent?.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Reads such a line; what is no number counts as none.</summary>
    internal static QueuedJudgement Read(string? line)
    {
        if (line is null || line.Split(';') is not [var percent, var score, .. var tags])
        {
            return None;
        }

        bool isRecorded = percent.StartsWith(RecordedMark, StringComparison.Ordinal);
        return new(Number(isRecorded ? percent[RecordedMark.Length..] : percent), Number(score) ?? 0, [.. tags.Select(Uri.UnescapeDataString)])
        {
            IsOriginRecorded = isRecorded,
        };
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}
