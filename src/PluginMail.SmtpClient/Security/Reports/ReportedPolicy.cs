using System.Collections.Immutable;

namespace PluginMail.SmtpClient;

/// <summary>A policy as reports describe it (RFC 8460 section 4.4).</summary>
/// <param name="Type"><c>tlsa</c>, <c>sts</c> or <c>no-policy-found</c>.</param>
/// <param name="Domain">The domain that has it: the TLSA base domain, or the recipients' domain.</param>
/// <param name="Strings">The TLSA records, or the lines of the policy.</param>
/// <param name="Hosts">The patterns of an MTA-STS policy.</param>
public sealed record ReportedPolicy(string Type, string Domain, ImmutableArray<string> Strings, ImmutableArray<string> Hosts)
{
    /// <summary>The value for a domain without policy.</summary>
    /// <param name="domain">The domain.</param>
    public static ReportedPolicy None(string domain) => new("no-policy-found", domain, [], []);
}
