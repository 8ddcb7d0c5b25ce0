using System.Text.Json;

namespace PluginMail.SmtpClient;

/// <summary>The results of one domain and day. Policies and details are bounded: what is beyond counts in the sums alone, or not at all.</summary>
internal sealed class DomainResults
{
    private const int MaximumPolicies = 5;
    private const int MaximumDetails = 60;
    private const int MaximumStrings = 20;
    private const int MaximumText = 200;

    private DomainResults(List<PolicyResult> policies) => Policies = policies;

    public DomainResults()
        : this([])
    {
    }

    /// <summary>The results under each policy.</summary>
    public List<PolicyResult> Policies { get; }

    /// <summary>Reads what <see cref="ToOctets"/> wrote; empty where it is something else.</summary>
    public static DomainResults Read(byte[]? octets)
    {
        try
        {
            return octets is null ? new() : new(JsonSerializer.Deserialize(octets, TlsReportJson.Default.ListPolicyResult) ?? []);
        }
        catch (JsonException)
        {
            return new();
        }
    }

    public byte[] ToOctets() => JsonSerializer.SerializeToUtf8Bytes(Policies, TlsReportJson.Default.ListPolicyResult);

    /// <summary>Counts one attempt.</summary>
    public void Add(TlsAttempt attempt)
    {
        ReportedPolicy policy = attempt.Policy.Reported ?? ReportedPolicy.None(attempt.Host.Domain);
        var description = new PolicyDescription
        {
            Type = policy.Type,
            Domain = policy.Domain,
            Strings = [.. policy.Strings.Take(MaximumStrings).Select(Short)],
            Hosts = policy.Hosts.IsEmpty ? null : [.. policy.Hosts.Take(MaximumStrings)],
        };
        if (ResultOf(description) is not { } result)
        {
            return;
        }

        if (attempt.Failure is not { } failure)
        {
            result.Summary.Successes++;
            return;
        }

        result.Summary.Failures++;
        AddDetail(result, new FailureDetail
        {
            ResultType = NameOf(failure.Kind),
            SendingAddress = attempt.LocalAddress?.ToString(),
            ReceivingHost = attempt.Host.Host,
            ReceivingAddress = attempt.RemoteAddress?.ToString(),
            Count = 1,
            Reason = Short(failure.Text),
        });
    }

    /// <summary>Adds the results of another server, or of another hour.</summary>
    public void Add(DomainResults other)
    {
        foreach (PolicyResult added in other.Policies)
        {
            if (ResultOf(added.Policy) is { } result)
            {
                result.Summary.Successes += added.Summary.Successes;
                result.Summary.Failures += added.Summary.Failures;
                added.Failures.ForEach(detail => AddDetail(result, detail));
            }
        }
    }

    /// <summary>The names of RFC 8460 section 4.3.</summary>
    private static string NameOf(TlsFailureKind kind) => kind switch
    {
        TlsFailureKind.StartTlsNotSupported => "starttls-not-supported",
        TlsFailureKind.CertificateHostMismatch => "certificate-host-mismatch",
        TlsFailureKind.CertificateExpired => "certificate-expired",
        TlsFailureKind.CertificateNotTrusted => "certificate-not-trusted",
        TlsFailureKind.TlsaInvalid => "tlsa-invalid",
        TlsFailureKind.DnssecInvalid => "dnssec-invalid",
        TlsFailureKind.DaneRequired => "dane-required",
        TlsFailureKind.StsPolicyFetchError => "sts-policy-fetch-error",
        TlsFailureKind.StsPolicyInvalid => "sts-policy-invalid",
        TlsFailureKind.StsWebPkiInvalid => "sts-webpki-invalid",
        _ => "validation-failure",
    };

    // Printable ASCII, so that its length bounds what is kept.
    private static string Short(string text) =>
        string.Create(Math.Min(text.Length, MaximumText), text, static (target, from) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = from[i] is >= ' ' and < '\x7F' and not ('"' or '\\' or '<' or '>' or '&' or '\'' or '+' or '`') ? from[i] : '?';
            }
        });

    private PolicyResult? ResultOf(PolicyDescription policy)
    {
        PolicyResult? result = Policies.Find(known => known.Policy.IsSame(policy));
        if (result is null && Policies.Count < MaximumPolicies)
        {
            result = new PolicyResult { Policy = policy };
            Policies.Add(result);
        }

        return result;
    }

    private void AddDetail(PolicyResult result, FailureDetail detail)
    {
        int known = result.Failures.FindIndex(other => other with { Count = detail.Count } == detail);
        if (known >= 0)
        {
            result.Failures[known] = detail with { Count = detail.Count + result.Failures[known].Count };
        }
        else if (Policies.Sum(static policy => policy.Failures.Count) < MaximumDetails)
        {
            result.Failures.Add(detail);
        }
    }
}
