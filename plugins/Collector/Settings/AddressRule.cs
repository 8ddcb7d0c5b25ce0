using System.Diagnostics.CodeAnalysis;
using PluginMail.Abstractions;

namespace PluginMail.Collector.Settings;

/// <summary>Addresses that are ours: all of a domain, or one; and what they are called here.</summary>
/// <param name="LocalPart">The local part; null for all.</param>
/// <param name="Domain">The domain.</param>
/// <param name="Target">What it is called here: an address, or a domain where <paramref name="LocalPart"/> is null.</param>
internal sealed record AddressRule(string? LocalPart, string Domain, string Target)
{
    /// <summary>Reads <c>"domain"</c>, <c>"address"</c>, <c>"domain = domain here"</c>, <c>"domain = address here"</c> or <c>"address = address here"</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressRule? rule)
    {
        string[] parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        bool targetIsAddress = EmailAddress.TryParse(parts[^1], out _);
        rule = EmailAddress.TryParse(parts[0], out var address) ? new AddressRule(address.LocalPart, address.Domain, parts[^1])
            : EmailAddress.IsDomain(parts[0]) ? new AddressRule(null, parts[0], parts[^1])
            : null;
        if (rule is null || (!targetIsAddress && (rule.LocalPart is not null || !EmailAddress.IsDomain(parts[^1]))))
        {
            rule = null;
        }

        return rule is not null;
    }

    /// <summary>What an address is called here.</summary>
    /// <returns>Null where this rule is not about it.</returns>
    public EmailAddress? Map(EmailAddress address) =>
        !address.Domain.Equals(Domain, StringComparison.OrdinalIgnoreCase)
            || (LocalPart is not null && !LocalPart.Equals(address.LocalPart, StringComparison.OrdinalIgnoreCase)) ? null
        : EmailAddress.TryParse(Target, out var target) ? target
        : new EmailAddress(address.LocalPart, Target);
}
