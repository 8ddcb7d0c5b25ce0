using System.Text.Json;
using System.Text.Json.Serialization;

namespace PluginMail.SmtpClient;

/// <summary>A report (RFC 8460 section 4.4). Names are those of its JSON.</summary>
internal sealed record TlsReportDocument
{
    [JsonPropertyName("organization-name")]
    public required string OrganizationName { get; init; }

    [JsonPropertyName("date-range")]
    public required ReportRange DateRange { get; init; }

    [JsonPropertyName("contact-info")]
    public required string ContactInfo { get; init; }

    [JsonPropertyName("report-id")]
    public required string ReportId { get; init; }

    [JsonPropertyName("policies")]
    public required IReadOnlyList<PolicyResult> Policies { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TlsReportJson.Default.TlsReportDocument);
}

/// <summary>The time that a report covers.</summary>
internal sealed record ReportRange(
    [property: JsonPropertyName("start-datetime")] DateTimeOffset Start,
    [property: JsonPropertyName("end-datetime")] DateTimeOffset End);

/// <summary>What came of sessions under one policy.</summary>
internal sealed class PolicyResult
{
    [JsonPropertyName("policy")]
    public required PolicyDescription Policy { get; init; }

    [JsonPropertyName("summary")]
    public SessionSummary Summary { get; init; } = new();

    [JsonPropertyName("failure-details")]
    public List<FailureDetail> Failures { get; init; } = [];
}

/// <summary>The policy.</summary>
internal sealed record PolicyDescription
{
    [JsonPropertyName("policy-type")]
    public required string Type { get; init; }

    [JsonPropertyName("policy-string")]
    public IReadOnlyList<string> Strings { get; init; } = [];

    [JsonPropertyName("policy-domain")]
    public required string Domain { get; init; }

    [JsonPropertyName("mx-host")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Hosts { get; init; }

    public bool IsSame(PolicyDescription other) =>
        Type == other.Type && Domain == other.Domain && Strings.SequenceEqual(other.Strings, StringComparer.Ordinal);
}

/// <summary>How many sessions went well, and how many did not.</summary>
internal sealed class SessionSummary
{
    [JsonPropertyName("total-successful-session-count")]
    public long Successes { get; set; }

    [JsonPropertyName("total-failure-session-count")]
    public long Failures { get; set; }
}

/// <summary>Sessions that failed in one way.</summary>
internal sealed record FailureDetail
{
    [JsonPropertyName("result-type")]
    public required string ResultType { get; init; }

    [JsonPropertyName("sending-mta-ip")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SendingAddress { get; init; }

    [JsonPropertyName("receiving-mx-hostname")]
    public required string ReceivingHost { get; init; }

    [JsonPropertyName("receiving-ip")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReceivingAddress { get; init; }

    [JsonPropertyName("failed-session-count")]
    public long Count { get; init; }

    [JsonPropertyName("failure-reason-code")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>How reports and kept results are written.</summary>
[JsonSourceGenerationOptions(WriteIndented = false)]
[JsonSerializable(typeof(TlsReportDocument))]
[JsonSerializable(typeof(List<PolicyResult>))]
internal sealed partial class TlsReportJson : JsonSerializerContext;
