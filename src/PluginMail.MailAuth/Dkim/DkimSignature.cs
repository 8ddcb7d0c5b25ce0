using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>The value of a DKIM-Signature field (RFC 6376 section 3.5), or of an ARC-Message-Signature (RFC 8617 section 4.1.2).</summary>
internal sealed record DkimSignature
{
    private const int MaximumSignedFields = 1024;
    private const int MaximumClockSkew = 300;

    /// <summary>The algorithm; null for one that is not accepted.</summary>
    public DkimAlgorithm? Algorithm { get; private init; }

    public string AlgorithmName { get; private init; } = "";

    public string Domain { get; private init; } = "";

    public string Selector { get; private init; } = "";

    public string Identity { get; private init; } = "";

    public Canonicalization HeaderForm { get; private init; }

    public Canonicalization BodyForm { get; private init; }

    public ImmutableArray<string> SignedFields { get; private init; } = [];

    public byte[] BodyHash { get; private init; } = [];

    public byte[] Signature { get; private init; } = [];

    /// <summary>The signature's first characters, as results show them (RFC 6008).</summary>
    public string SignatureStart { get; private init; } = "";

    /// <summary>Where the b= tag's value stands in the field's value.</summary>
    public Range SignatureRange { get; private init; }

    public long? BodyLength { get; private init; }

    public long? SignedAt { get; private init; }

    public long? ExpiresAt { get; private init; }

    /// <summary>Why the field is no usable signature; null where it is one.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads a field's value.</summary>
    /// <param name="value">The octets after the colon.</param>
    /// <param name="isArc">Whether it is an ARC-Message-Signature: no v=, and i= counts instances.</param>
    public static DkimSignature Parse(ReadOnlyMemory<byte> value, bool isArc = false)
    {
        if (TagList.TryParse(value) is not { } tags)
        {
            return new DkimSignature { Problem = "not a list of tags" };
        }

        string domain = Normalize(tags["d"]);
        var signature = new DkimSignature
        {
            AlgorithmName = tags["a"] ?? "",
            Algorithm = ParseAlgorithm(tags["a"]),
            Domain = domain,
            Selector = Normalize(tags["s"]),
            Identity = (isArc ? null : tags["i"]) ?? "@" + domain,
            SignedFields = ParseFields(tags["h"]),
            BodyHash = tags.Base64("bh") ?? [],
            Signature = tags.Base64("b") ?? [],
            SignatureStart = tags.WithoutSpace("b") is { } b ? b[..Math.Min(8, b.Length)] : "",
            SignatureRange = tags.RawValueOf("b"),
            BodyLength = tags.Number("l", 76),
            SignedAt = tags.Number("t", 18),
            ExpiresAt = tags.Number("x", 18),
        };
        bool isForm = TryParseForms(tags["c"], out Canonicalization header, out Canonicalization body);
        return signature with
        {
            HeaderForm = header,
            BodyForm = body,
            Problem = isForm ? signature.FindProblem(tags, isArc) : "unknown canonicalization",
        };
    }

    /// <summary>Whether the signature was made for this moment.</summary>
    public string? TimeProblem(long now)
    {
        if (ExpiresAt is { } expires && expires + MaximumClockSkew < now)
        {
            return "signature expired";
        }

        return SignedAt is { } signed && signed > now + MaximumClockSkew ? "signature from the future" : null;
    }

    private string? FindProblem(TagList tags, bool isArc)
    {
        foreach (string required in (ReadOnlySpan<string>)["a", "b", "bh", "d", "h", "s"])
        {
            if (!tags.Has(required))
            {
                return $"no {required}=";
            }
        }

        return (isArc ? null : FindVersionProblem(tags)) ?? FindValueProblem(tags);
    }

    private string? FindVersionProblem(TagList tags)
    {
        if (tags["v"] != "1")
        {
            return tags.Has("v") ? "unknown version" : "no v=";
        }

        int at = Identity.LastIndexOf('@');
        return at >= 0 && DomainName.Normalize(Identity[(at + 1)..]) is { } domain && DomainName.IsWithin(domain, Domain) ? null : "i= is not within d=";
    }

    private string? FindValueProblem(TagList tags)
    {
        if (!DomainName.IsFullyQualified(Domain) || !DomainName.IsQueryable(Selector))
        {
            return "d= or s= is no domain name";
        }

        if (SignedFields.IsEmpty || SignedFields.Length > MaximumSignedFields)
        {
            return "h= lists no fields, or too many";
        }

        if (!SignedFields.Contains("from", StringComparer.OrdinalIgnoreCase))
        {
            return "From is not signed";
        }

        if (Signature.Length == 0 || BodyHash.Length == 0)
        {
            return "b= or bh= is not base64";
        }

        if ((tags.Has("l") && BodyLength is null) || (tags.Has("t") && SignedAt is null) || (tags.Has("x") && ExpiresAt is null))
        {
            return "l=, t= or x= is no number";
        }

        if (ExpiresAt <= SignedAt)
        {
            return "x= is not after t=";
        }

        return tags["q"] is { } methods && !methods.Split(':').Any(method => method.Trim() == "dns/txt") ? "unknown query method" : null;
    }

    private static string Normalize(string? name) => name is null ? "" : DomainName.Normalize(name) ?? "";

    private static DkimAlgorithm? ParseAlgorithm(string? name) => name?.ToLowerInvariant() switch
    {
        "rsa-sha256" => DkimAlgorithm.RsaSha256,
        "ed25519-sha256" => DkimAlgorithm.Ed25519Sha256,
        _ => null,
    };

    private static ImmutableArray<string> ParseFields(string? text) =>
        text is null ? [] : [.. text.Split(':', MaximumSignedFields + 2).Select(name => name.Trim(' ', '\t', '\r', '\n')).Where(name => name.Length > 0)];

    private static bool TryParseForms(string? text, out Canonicalization header, out Canonicalization body)
    {
        body = header = Canonicalization.Simple;
        if (text is null)
        {
            return true;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return TryParseForm(slash < 0 ? text : text[..slash], out header) && (slash < 0 || TryParseForm(text[(slash + 1)..], out body));
    }

    private static bool TryParseForm(string text, out Canonicalization form)
    {
        form = text.Equals("relaxed", StringComparison.OrdinalIgnoreCase) ? Canonicalization.Relaxed : Canonicalization.Simple;
        return form == Canonicalization.Relaxed || text.Equals("simple", StringComparison.OrdinalIgnoreCase);
    }
}
