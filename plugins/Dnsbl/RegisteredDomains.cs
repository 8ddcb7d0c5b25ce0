using System.Collections.Frozen;
using System.Net;
using PluginMail.Clients;

namespace PluginMail.Dnsbl;

/// <summary>
/// Cuts a host's name to the domain that someone registered, as SURBL and URIBL list them. With a Public Suffix List by its rules; without one
/// by a rule of thumb: two labels, and three where the last has two letters and the one before it is a word like co or com.
/// </summary>
internal sealed class RegisteredDomains
{
    /// <summary>By the rule of thumb.</summary>
    public static readonly RegisteredDomains ByRule = new(null);

    private static readonly FrozenSet<string> SecondLevel = FrozenSet.Create(
        StringComparer.Ordinal,
        "ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "gv", "info", "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch");

    // "com" -> plain, "*.ck" -> "*.ck", "!www.ck" -> "!www.ck"
    private readonly FrozenSet<string>? _rules;

    private RegisteredDomains(FrozenSet<string>? rules) => _rules = rules;

    /// <summary>Reads a list in the form of https://publicsuffix.org/list/.</summary>
    /// <param name="lines">Its lines.</param>
    public static RegisteredDomains Read(IEnumerable<string> lines) => new(
        lines.Select(line => line.Split(' ', '\t')[0])
            .Where(rule => rule.Length > 0 && !rule.StartsWith("//", StringComparison.Ordinal))
            .Select(ToAscii)
            .OfType<string>()
            .ToFrozenSet(StringComparer.Ordinal));

    /// <summary>The registered domain of a host; the host itself where it is an address or a public suffix.</summary>
    /// <param name="host">In lower case.</param>
    public string Of(string host)
    {
        if (IPAddress.TryParse(host, out _))
        {
            return host;
        }

        string[] labels = host.Split('.');
        int suffix = _rules is null ? SuffixByRule(labels) : SuffixByList(labels, _rules);
        return labels.Length <= suffix ? host : string.Join('.', labels[^(suffix + 1)..]);
    }

    private static int SuffixByRule(string[] labels) =>
        labels is [.., var second, { Length: 2 }] && SecondLevel.Contains(second) ? 2 : 1;

    // The rule with the most labels prevails; an exception over all; no rule is the rule "*".
    private static int SuffixByList(string[] labels, FrozenSet<string> rules)
    {
        for (int start = 0; start < labels.Length; start++)
        {
            string name = string.Join('.', labels[start..]);
            if (rules.Contains("!" + name))
            {
                return labels.Length - start - 1;
            }

            if (rules.Contains(name) || (start + 1 < labels.Length && rules.Contains("*." + string.Join('.', labels[(start + 1)..]))))
            {
                return labels.Length - start;
            }
        }

        return 1;
    }

    private static string? ToAscii(string rule)
    {
        string prefix = rule.StartsWith("*.", StringComparison.Ordinal) ? "*." : rule.StartsWith('!') ? "!" : "";
        string name = rule[prefix.Length..];
        return !name.Contains('.', StringComparison.Ordinal) && name.All(char.IsAsciiLetterOrDigit) ? prefix + name
            : HostName.Normalize(name.Contains('.', StringComparison.Ordinal) ? name : "x." + name) is not { } ascii ? null
            : prefix + (name.Contains('.', StringComparison.Ordinal) ? ascii : ascii[2..]);
    }
}
