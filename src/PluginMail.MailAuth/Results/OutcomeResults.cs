using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>Says an outcome in the words of Authentication-Results (RFC 8601 section 2.7).</summary>
internal static class OutcomeResults
{
    public static AuthenticationResults Of(
        string authservId, AuthenticationRequest request, SpfVerification? mailFrom, SpfVerification? helo, ReverseNameVerification? reverse,
        ImmutableArray<DkimVerification> dkim, DmarcVerification dmarc, ArcVerification arc)
    {
        var results = ImmutableArray.CreateBuilder<MethodResult>();
        if (reverse is not null)
        {
            results.Add(Make("iprev", reverse.Result.ToString(), reverse.Name, ("policy.iprev", request.ClientAddress!.ToString())));
        }

        if (request.Authenticated is { } account)
        {
            results.Add(Make("auth", "pass", null, ("smtp.auth", account.ToString())));
        }

        AddSpf(results, mailFrom, request.Sender is null ? "smtp.helo" : "smtp.mailfrom");
        if (request.Sender is not null)
        {
            AddSpf(results, helo, "smtp.helo");
        }

        results.AddRange(dkim.IsEmpty ? [Make("dkim", "none", null)] : dkim.Select(Dkim));
        results.Add(Dmarc(dmarc));
        if (arc.Result != ArcResult.None)
        {
            results.Add(Make("arc", arc.Result.ToString(), arc.Problem ?? $"i={arc.Instances}", arc.SealerDomain is { } sealer ? [("header.d", sealer)] : []));
        }

        return new AuthenticationResults(authservId, results.ToImmutable());
    }

    private static MethodResult Make(string method, string result, string? comment, params ImmutableArray<(string Name, string Value)> properties) =>
        new(method, result.ToLowerInvariant(), null, comment, properties);

    private static void AddSpf(ImmutableArray<MethodResult>.Builder results, SpfVerification? spf, string property)
    {
        if (spf is not null)
        {
            string value = property == "smtp.helo" ? spf.Domain : spf.Sender;
            results.Add(Make("spf", spf.Result.ToString(), spf.Problem, value.Length == 0 ? [] : [(property, value)]));
        }
    }

    private static MethodResult Dkim(DkimVerification dkim)
    {
        (string Name, string Value)[] properties =
            [("header.d", dkim.Domain), ("header.i", dkim.Identity), ("header.s", dkim.Selector), ("header.a", dkim.Algorithm), ("header.b", dkim.Signature)];
        bool isPlainIdentity = dkim.Identity == "@" + dkim.Domain;
        return Make(
            "dkim",
            dkim.Result.ToString(),
            dkim.Problem ?? (dkim.IsTesting ? "test mode" : null),
            [.. properties.Where(one => one.Value.Length > 0 && !(isPlainIdentity && one.Name == "header.i"))]);
    }

    private static MethodResult Dmarc(DmarcVerification dmarc)
    {
        string? comment = dmarc.PolicyDomain is null
            ? dmarc.Problem
            : $"p={dmarc.Policy} dis={dmarc.Disposition}".ToLowerInvariant() + (dmarc.Problem is null ? "" : $" {dmarc.Problem}");
        return Make("dmarc", dmarc.Result.ToString(), comment, dmarc.AuthorDomain.Length == 0 ? [] : [("header.from", dmarc.AuthorDomain)]);
    }
}
