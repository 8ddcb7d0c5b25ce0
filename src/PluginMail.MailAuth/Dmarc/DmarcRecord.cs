using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>A published policy (RFC 7489 section 6.3; np= of RFC 9091; psd= and t= of DMARCbis).</summary>
internal sealed record DmarcRecord
{
    private const int MaximumLength = 8 << 10;
    private const int MaximumTags = 64;

    public DmarcPolicy Policy { get; private init; }

    /// <summary>sp=; null where p= holds.</summary>
    public DmarcPolicy? SubdomainPolicy { get; private init; }

    /// <summary>np=; null where sp= holds.</summary>
    public DmarcPolicy? NonexistentPolicy { get; private init; }

    public bool IsDkimStrict { get; private init; }

    public bool IsSpfStrict { get; private init; }

    /// <summary>The share of failing messages that the policy is for.</summary>
    public int Percent { get; private init; } = 100;

    /// <summary>Whether the domain is testing its policy (t=y).</summary>
    public bool IsTesting { get; private init; }

    /// <summary>y: a public suffix; n: an organizational domain; null: neither is said.</summary>
    public char? PublicSuffix { get; private init; }

    /// <summary>Where aggregate reports go (rua=), as published.</summary>
    public ImmutableArray<string> AggregateUris { get; private init; } = [];

    /// <summary>When failure reports are wanted (fo=), as published.</summary>
    public string FailureOptions { get; private init; } = "0";

    /// <summary>Reads a TXT record. Tags that cannot be understood count as missing (section 6.3).</summary>
    /// <returns>Null where it is no policy.</returns>
    public static DmarcRecord? TryParse(string text)
    {
        if (text.Length > MaximumLength || ReadTags(text) is not { } tags)
        {
            return null;
        }

        ImmutableArray<string> uris = tags.TryGetValue("rua", out string? rua)
            ? [.. rua.Split(',', 16, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [];
        DmarcPolicy? policy = ParsePolicy(tags, "p");
        if (policy is null && uris.IsEmpty)
        {
            return null; // section 6.6.3: without a policy only the wish for reports counts
        }

        return new DmarcRecord
        {
            Policy = policy ?? DmarcPolicy.None,
            SubdomainPolicy = ParsePolicy(tags, "sp"),
            NonexistentPolicy = ParsePolicy(tags, "np"),
            IsDkimStrict = Is(tags, "adkim", "s"),
            IsSpfStrict = Is(tags, "aspf", "s"),
            Percent = tags.TryGetValue("pct", out string? pct) && int.TryParse(pct, out int percent) && percent is >= 0 and <= 100 ? percent : 100,
            IsTesting = Is(tags, "t", "y"),
            PublicSuffix = Is(tags, "psd", "y") ? 'y' : Is(tags, "psd", "n") ? 'n' : null,
            AggregateUris = uris,
            FailureOptions = tags.GetValueOrDefault("fo", "0"),
        };
    }

    /// <summary>What holds for a domain.</summary>
    /// <param name="isOwn">Whether the record stands at the domain itself and not above it.</param>
    /// <param name="exists">Whether the domain exists.</param>
    public DmarcPolicy PolicyFor(bool isOwn, bool exists) => isOwn
        ? Policy
        : (exists ? null : NonexistentPolicy) ?? SubdomainPolicy ?? Policy;

    private static Dictionary<string, string>? ReadTags(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] specs = text.Split(';', MaximumTags);
        for (int i = 0; i < specs.Length; i++)
        {
            int equals = specs[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : specs[i][..equals].Trim(' ', '\t').ToLowerInvariant();
            string value = equals < 0 ? "" : specs[i][(equals + 1)..].Trim(' ', '\t');
            if (i == 0 && (name != "v" || value != "DMARC1"))
            {
                return null;
            }

            tags.TryAdd(name, value);
        }

        return tags;
    }

    private static bool Is(Dictionary<string, string> tags, string name, string value) =>
        tags.TryGetValue(name, out string? given) && given.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static DmarcPolicy? ParsePolicy(Dictionary<string, string> tags, string name) => tags.GetValueOrDefault(name)?.ToLowerInvariant() switch
    {
        "none" => DmarcPolicy.None,
        "quarantine" => DmarcPolicy.Quarantine,
        "reject" => DmarcPolicy.Reject,
        _ => null,
    };
}
