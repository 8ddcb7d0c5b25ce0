using System.Collections.Immutable;
using System.Globalization;

namespace PluginMail.Storage.Sqlite;

/// <summary>An entry's history in a column: a line an attempt, its fields parted by tabs; the last fifty.</summary>
internal static class QueueHistoryText
{
    private const int MaximumLines = 50;
    private const int MaximumReply = 500;

    public static string Append(string? history, ImmutableArray<QueueHistoryLine> lines)
    {
        string[] old = history is null ? [] : history.Split('\n');
        IEnumerable<string> all = old.Concat(lines.Select(Write));
        return string.Join('\n', all.Skip(Math.Max(0, old.Length + lines.Length - MaximumLines)));
    }

    public static ImmutableArray<QueueHistoryLine> Read(string? history) =>
        history is null ? [] : [.. history.Split('\n').Select(ReadLine)];

    private static string Write(QueueHistoryLine line)
    {
        string reply = line.Reply.Length > MaximumReply ? line.Reply[..MaximumReply] : line.Reply;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Time.ToUnixTimeMilliseconds()}\t{Cleaned(line.Target)}\t{Cleaned(line.Host ?? "")}\t{Cleaned(reply)}");
    }

    private static string Cleaned(string text) => text.AsSpan().IndexOfAny('\t', '\n') < 0 ? text : text.Replace('\t', ' ').Replace('\n', ' ');

    private static QueueHistoryLine ReadLine(string line)
    {
        string[] fields = line.Split('\t', 4);
        return new QueueHistoryLine(
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(fields[0], CultureInfo.InvariantCulture)),
            fields[1],
            fields[2].Length == 0 ? null : fields[2],
            fields[3]);
    }
}
