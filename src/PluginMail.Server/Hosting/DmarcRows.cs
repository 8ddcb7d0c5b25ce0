using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using PluginMail.MailAuth;

namespace PluginMail.Server;

/// <summary>The rows of DMARC reports: a file of JSON lines a day, <c>dmarc/yyyy-MM-dd.jsonl</c> (UTC), bounded; removed when it is reported.</summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="log">Told of rows that cannot be kept.</param>
internal sealed class DmarcRows(string folder, ILogger log) : IDmarcReportRows
{
    private const long MaximumOctets = 256L << 20; // a day; what comes behind is not reported
    private const string DateFormat = "yyyy-MM-dd";
    private static readonly JsonSerializerOptions Json = new();
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ValueTask AppendAsync(DmarcReportRow row, CancellationToken cancellationToken)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(row, Json), (byte)'\n'];
        try
        {
            lock (_lock)
            {
                Append(row.ReceivedAt, line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ServerLog.DmarcRowLost(log, row.PolicyDomain, e.Message); // reports are statistics: no message waits for them
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DmarcReportRow> ReadAsync(
        DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var day = new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero); day < until; day = day.AddDays(1))
        {
            if (!File.Exists(PathOf(day)))
            {
                continue;
            }

            await foreach (string line in File.ReadLinesAsync(PathOf(day), cancellationToken))
            {
                if (Parse(line) is { } row && row.ReceivedAt >= from && row.ReceivedAt < until)
                {
                    yield return row;
                }
            }
        }
    }

    /// <summary>The days before one that have rows, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> DaysBefore(DateTimeOffset day)
    {
        var today = new DateTimeOffset(day.UtcDateTime.Date, TimeSpan.Zero);
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return
        [
            .. Directory.GetFiles(folder, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path))
                .Select(name => DateTimeOffset.TryParseExact(
                    name, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : DateTimeOffset.MaxValue)
                .Where(date => date < today).Order(),
        ];
    }

    /// <summary>Forgets a day.</summary>
    /// <exception cref="IOException">The file cannot be removed.</exception>
    public void Remove(DateTimeOffset day) => File.Delete(PathOf(day));

    private void Append(DateTimeOffset day, ReadOnlySpan<byte> line)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(PathOf(day), FileMode.Append, FileAccess.Write, FileShare.Read);
        if (file.Length < MaximumOctets)
        {
            file.Write(line);
        }
    }

    // The last line of a server that was killed may be cut.
    private static DmarcReportRow? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<DmarcReportRow>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string PathOf(DateTimeOffset day) =>
        Path.Combine(folder, day.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture) + ".jsonl");
}
