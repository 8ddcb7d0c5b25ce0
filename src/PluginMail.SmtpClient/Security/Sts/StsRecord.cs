using System.Collections.Immutable;

namespace PluginMail.SmtpClient;

/// <summary>Reads the TXT records that announce policies: <c>v=STSv1; id=…</c> (RFC 8461 section 3.1), <c>v=TLSRPTv1; rua=…</c> (RFC 8460 section 3).</summary>
internal static class StsRecord
{
    private const int MaximumId = 32;

    /// <summary>The id of the one policy that the records announce; null where there is none, or more than one.</summary>
    public static string? FindId(IEnumerable<string> records) =>
        Find(records, "STSv1", "id") is { Length: > 0 and <= MaximumId } id && id.All(char.IsAsciiLetterOrDigit) ? id : null;

    /// <summary>The addresses to which reports go; none where the records do not say one thing.</summary>
    public static ImmutableArray<string> FindReportAddresses(IEnumerable<string> records) =>
        [.. (Find(records, "TLSRPTv1", "rua") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static string? Find(IEnumerable<string> records, string version, string key)
    {
        string[][] fitting = [.. records.Select(static record => record.Split(';', StringSplitOptions.TrimEntries)).Where(fields => fields[0] == $"v={version}")];
        return fitting is [var only]
            ? Array.Find(only, field => field.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..]
            : null;
    }
}
