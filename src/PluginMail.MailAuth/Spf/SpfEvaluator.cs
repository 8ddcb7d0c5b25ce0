using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>check_host() of RFC 7208 section 4 for one client and sender.</summary>
/// <param name="lookups">What it may cost.</param>
/// <param name="values">The macros' values at the start.</param>
internal sealed class SpfEvaluator(SpfLookups lookups, SpfMacroValues values)
{
    private const int MaximumMxNames = 10;

    /// <summary>Evaluates a domain's policy.</summary>
    public async ValueTask<SpfOutcome> CheckHostAsync(string domain, CancellationToken cancellationToken)
    {
        if (!DomainName.IsFullyQualified(domain) || domain.StartsWith('['))
        {
            return new SpfOutcome(SpfResult.None, "no domain name");
        }

        DnsAnswer answer = await lookups.TextAsync(domain, cancellationToken);
        if (answer.Status == DnsStatus.Failure)
        {
            return new SpfOutcome(SpfResult.TempError, $"{domain} could not be looked up");
        }

        string[] policies = [.. answer.Records.Where(SpfRecord.IsPolicy)];
        if (policies.Length != 1)
        {
            return policies.Length == 0 ? new SpfOutcome(SpfResult.None) : new SpfOutcome(SpfResult.PermError, $"{domain} publishes several policies");
        }

        return SpfRecord.TryParse(policies[0], out string? problem) is { } record
            ? await EvaluateAsync(record, domain, cancellationToken)
            : new SpfOutcome(SpfResult.PermError, $"{domain}: {problem}");
    }

    private async ValueTask<SpfOutcome> EvaluateAsync(SpfRecord record, string domain, CancellationToken cancellationToken)
    {
        foreach (SpfDirective directive in record.Directives)
        {
            SpfMatch match = await MatchAsync(directive.Mechanism, domain, cancellationToken);
            if (match.Error is { } error)
            {
                return new SpfOutcome(error, $"{domain}: {directive.Text}: {match.Problem}");
            }

            if (match.IsMatch)
            {
                return new SpfOutcome(directive.Result, null, directive.Text, domain, record.Explanation);
            }
        }

        return record.Redirect is { } redirect
            ? await RedirectAsync(redirect, domain, cancellationToken)
            : new SpfOutcome(SpfResult.Neutral, null, null, domain, record.Explanation);
    }

    private async ValueTask<SpfOutcome> RedirectAsync(SpfMacroString redirect, string domain, CancellationToken cancellationToken)
    {
        if (!lookups.TryTerm())
        {
            return new SpfOutcome(SpfResult.PermError, "too many look-ups");
        }

        if (await ExpandAsync(redirect, domain, cancellationToken) is not { } target)
        {
            return new SpfOutcome(SpfResult.PermError, "redirect= cannot be expanded");
        }

        SpfOutcome outcome = await CheckHostAsync(target, cancellationToken);
        return outcome.Result == SpfResult.None ? new SpfOutcome(SpfResult.PermError, $"redirect= to {target}, which has no policy") : outcome;
    }

    private async ValueTask<SpfMatch> MatchAsync(SpfMechanism mechanism, string domain, CancellationToken cancellationToken)
    {
        switch (mechanism)
        {
            case SpfMechanism.All:
                return SpfMatch.Yes;
            case SpfMechanism.Network network:
                return SpfMatch.If(IsIn(values.Client, network.Address, network.Prefix));
        }

        if (!lookups.TryTerm())
        {
            return SpfMatch.Permanent("too many look-ups");
        }

        SpfMatch match = mechanism switch
        {
            SpfMechanism.Include include => await IncludeAsync(include, domain, cancellationToken),
            SpfMechanism.A a => await AddressAsync(a, domain, cancellationToken),
            SpfMechanism.Mx mx => await ExchangersAsync(mx, domain, cancellationToken),
            SpfMechanism.Ptr ptr => await PointerAsync(ptr, domain, cancellationToken),
            SpfMechanism.Exists exists => await ExistsAsync(exists, domain, cancellationToken),
            _ => SpfMatch.No,
        };
        return match.Error is null && !lookups.IsVoidAllowed ? SpfMatch.Permanent("too many look-ups without an answer") : match;
    }

    private async ValueTask<SpfMatch> IncludeAsync(SpfMechanism.Include include, string domain, CancellationToken cancellationToken)
    {
        if (await ExpandAsync(include.Domain, domain, cancellationToken) is not { } target)
        {
            return SpfMatch.Unexpanded;
        }

        SpfOutcome outcome = await CheckHostAsync(target, cancellationToken);
        return outcome.Result switch
        {
            SpfResult.Pass => SpfMatch.Yes,
            SpfResult.TempError => new SpfMatch(false, SpfResult.TempError, outcome.Problem),
            SpfResult.PermError => SpfMatch.Permanent(outcome.Problem),
            SpfResult.None => SpfMatch.Permanent($"{target} has no policy"),
            _ => SpfMatch.No,
        };
    }

    private async ValueTask<SpfMatch> AddressAsync(SpfMechanism.A a, string domain, CancellationToken cancellationToken) =>
        await ExpandAsync(a.Domain, domain, cancellationToken) is { } target
            ? await AnyAddressAsync(target, a.Ip4Prefix, a.Ip6Prefix, cancellationToken) : SpfMatch.Unexpanded;

    private async ValueTask<SpfMatch> AnyAddressAsync(string name, int ip4, int ip6, CancellationToken cancellationToken)
    {
        DnsAnswer answer = await lookups.AddressesAsync(name, cancellationToken);
        int prefix = values.Client.AddressFamily == AddressFamily.InterNetwork ? ip4 : ip6;
        return answer.Status == DnsStatus.Failure
            ? SpfMatch.Temporary(name)
            : SpfMatch.If(answer.Records.Any(text => IPAddress.TryParse(text, out IPAddress? address) && IsIn(values.Client, address, prefix)));
    }

    private async ValueTask<SpfMatch> ExchangersAsync(SpfMechanism.Mx mx, string domain, CancellationToken cancellationToken)
    {
        if (await ExpandAsync(mx.Domain, domain, cancellationToken) is not { } target)
        {
            return SpfMatch.Unexpanded;
        }

        DnsAnswer answer = await lookups.QueryAsync(target, DnsRecordType.MX, cancellationToken);
        if (answer.Status == DnsStatus.Failure)
        {
            return SpfMatch.Temporary(target);
        }

        ImmutableArray<string> records = answer.Status == DnsStatus.Found ? answer.Records : [];
        if (records.Length > MaximumMxNames)
        {
            return SpfMatch.Permanent($"{target} has too many MX records");
        }

        SpfMatch[] matches = await Task.WhenAll(records
            .Select(record => record[(record.IndexOf(' ', StringComparison.Ordinal) + 1)..].TrimEnd('.'))
            .Select(host => AnyAddressAsync(host, mx.Ip4Prefix, mx.Ip6Prefix, cancellationToken).AsTask()));
        return matches.FirstOrDefault(match => match.IsMatch || match.Error is not null, SpfMatch.No);
    }

    private async ValueTask<SpfMatch> PointerAsync(SpfMechanism.Ptr ptr, string domain, CancellationToken cancellationToken)
    {
        if (await ExpandAsync(ptr.Domain, domain, cancellationToken) is not { } target)
        {
            return SpfMatch.Unexpanded;
        }

        ImmutableArray<string> names = await lookups.ValidatedNamesAsync(cancellationToken);
        return SpfMatch.If(names.Any(name => DomainName.IsWithin(name, target)));
    }

    private async ValueTask<SpfMatch> ExistsAsync(SpfMechanism.Exists exists, string domain, CancellationToken cancellationToken)
    {
        if (await ExpandAsync(exists.Domain, domain, cancellationToken) is not { } target)
        {
            return SpfMatch.Unexpanded;
        }

        DnsAnswer answer = await lookups.QueryAsync(target, DnsRecordType.A, cancellationToken); // A whatever the client's family
        return answer.Status == DnsStatus.Failure ? SpfMatch.Temporary(target) : SpfMatch.If(answer.Status == DnsStatus.Found);
    }

    private async ValueTask<string?> ExpandAsync(SpfMacroString? text, string domain, CancellationToken cancellationToken) =>
        text is null ? domain : text.ExpandDomain(await ValuesForAsync(text, domain, cancellationToken));

    /// <summary>The explanation of a failure (section 6.2); null where anything about it is wrong.</summary>
    public async ValueTask<string?> ExplainAsync(SpfOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Explanation is not { } target || await ExpandAsync(target, outcome.Domain!, cancellationToken) is not { } name)
        {
            return null;
        }

        DnsAnswer answer = await lookups.TextAsync(name, cancellationToken);
        return answer.Status == DnsStatus.Found && answer.Records.Length == 1
            && SpfMacroString.TryParse(answer.Records[0], isExplanation: true) is { } text
            && text.Expand(await ValuesForAsync(text, outcome.Domain!, cancellationToken)) is { } explanation
            && !explanation.AsSpan().ContainsAnyExceptInRange(' ', '~')
                ? explanation : null;
    }

    private async ValueTask<SpfMacroValues> ValuesForAsync(SpfMacroString text, string domain, CancellationToken cancellationToken)
    {
        SpfMacroValues current = values with { Domain = domain };
        if (!text.NeedsValidatedName)
        {
            return current;
        }

        ImmutableArray<string> names = await lookups.ValidatedNamesAsync(cancellationToken);
        string? best = names.FirstOrDefault(name => name.Equals(domain, StringComparison.OrdinalIgnoreCase))
            ?? names.FirstOrDefault(name => DomainName.IsWithin(name, domain)) ?? names.FirstOrDefault();
        return best is null ? current : current with { ValidatedName = best };
    }

    private static bool IsIn(IPAddress client, IPAddress network, int prefix)
    {
        Span<byte> left = stackalloc byte[16];
        Span<byte> right = stackalloc byte[16];
        if (client.AddressFamily != network.AddressFamily || !client.TryWriteBytes(left, out _) || !network.TryWriteBytes(right, out _))
        {
            return false;
        }

        int whole = prefix / 8;
        int mask = 0xff00 >> (prefix % 8) & 0xff;
        return left[..whole].SequenceEqual(right[..whole]) && (mask == 0 || ((left[whole] ^ right[whole]) & mask) == 0);
    }
}
