using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>A domain's policy as people see and set it.</summary>
internal static class DomainSettings
{
    /// <summary>Takes away what a setting is.</summary>
    private const string None = "none";

    /// <summary>A setting that may be given, be taken away with <c>none</c>, or stay.</summary>
    public static T? Given<T>(AdminRequest request, string name, T? current, Func<string, T> read)
        where T : class => request.Find(name) switch
        {
            null => current,
            None or "" => null,
            { } text => read(text),
        };

    /// <summary>Says what does not go together.</summary>
    /// <returns>The policy.</returns>
    /// <exception cref="AdminArgumentException">It cannot be.</exception>
    public static DomainPolicy Check(DomainPolicy policy)
    {
        if (policy.SubaddressSeparator.Length > DomainPolicy.MaximumSeparatorLength || policy.SubaddressSeparator.Any(c => c is '@' or ' ' or '.' or '"' || char.IsControl(c)))
        {
            throw new AdminArgumentException($"'{policy.SubaddressSeparator}' cannot part a user from a detail; as + or -- (empty: nothing does)");
        }

        int answers = (policy.CatchAll is null ? 0 : 1) + (policy.AliasOf is null ? 0 : 1) + (policy.Relay == DomainRelay.None ? 0 : 1);
        return answers > 1
            ? throw new AdminArgumentException("unknown recipients have one answer only: a catch-all address, another domain, or being sent on")
            : policy;
    }

    /// <summary>A policy, a row each setting.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Show(Domain domain)
    {
        DomainPolicy policy = domain.Policy;
        return
        [
            ["domain", domain.Name],
            ["catch-all", policy.CatchAll?.ToString() ?? "none: unknown recipients are refused"],
            ["alias of", policy.AliasOf ?? None],
            ["relay", AdminArguments.Word(policy.Relay)],
            ["subaddress", policy.SubaddressSeparator.Length == 0 ? "off" : policy.SubaddressSeparator],
            ["quota", policy.DefaultQuotaOctets switch { null => "as mail.toml says", 0 => None, { } octets => SizeText.Write(octets) }],
            ["message size", policy.MaximumMessageSize == 0 ? "as mail.toml says" : SizeText.Write(policy.MaximumMessageSize)],
            ["accounts", policy.MaximumAccounts == 0 ? "no limit" : $"at most {policy.MaximumAccounts}"],
        ];
    }
}
