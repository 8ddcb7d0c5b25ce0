using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Addresses;

/// <summary>Addresses of a settings key: <c>a@b.example</c>, <c>a@</c> in any domain, <c>b.example</c>, <c>.b.example</c> with all below it.</summary>
internal sealed class AddressPatterns(ImmutableArray<string> patterns)
{
    private const string Form = "addresses like \"a@b.example\", \"a@\" of any domain, \"b.example\", or \".b.example\" with all below it";

    public static AddressPatterns Read(ISettings settings, string key, IReadOnlyList<string> defaultValue)
    {
        var patterns = ImmutableArray.CreateBuilder<string>();
        foreach (string text in settings.GetStrings(key, defaultValue))
        {
            bool isPattern = text.EndsWith('@') ? EmailAddress.TryParse(text + "x", out _)
                : text.Contains('@') ? EmailAddress.TryParse(text, out _)
                : EmailAddress.IsDomain(text.StartsWith('.') ? text.AsSpan(1) : text);
            if (isPattern)
            {
                patterns.Add(text);
            }
            else
            {
                settings.Reject(key, Form);
            }
        }

        return new AddressPatterns(patterns.ToImmutable());
    }

    /// <summary>Whether one of the patterns is for an address; there is none for the null sender.</summary>
    public bool Match(EmailAddress? address) => address is not null && patterns.Any(pattern => Matches(pattern, address));

    private static bool Matches(string pattern, EmailAddress address) =>
        pattern.EndsWith('@') ? IsSame(pattern.AsSpan(..^1), address.LocalPart)
        : pattern.Contains('@') ? IsSame(pattern, $"{address.LocalPart}@{address.Domain}")
        : pattern[0] != '.' ? IsSame(pattern, address.Domain)
        : IsSame(pattern.AsSpan(1), address.Domain) || address.Domain.EndsWith(pattern, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
