namespace PluginMail.Configuration.Options;

/// <summary>Names of hosts and domains (RFC 1035 2.3.1, RFC 1123 2.1, RFC 5890 2.3).</summary>
internal static class DomainSyntax
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>Letters, digits and hyphens in labels of 1 to 63 octets, 253 in all; no address, no dot at the end.</summary>
    internal static bool IsHostname(string name) =>
        IsName(name, static c => char.IsAsciiLetterOrDigit(c)) && !System.Net.IPAddress.TryParse(name, out _);

    /// <summary>A host's name, or one with letters of any script (U-labels, RFC 5890 2.3.2.1).</summary>
    internal static bool IsDomain(string name) => IsHostname(name) || (!name.All(char.IsAscii) && IsName(name, IsLabelCharacter));

    private static bool IsLabelCharacter(char c) => char.IsAscii(c) ? char.IsAsciiLetterOrDigit(c) : char.IsLetterOrDigit(c) || IsMark(c);

    private static bool IsMark(char c) =>
        char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static bool IsName(string name, Func<char, bool> allowed) =>
        name.Length is > 0 and <= LongestName && name.Split('.').All(label =>
            label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-' && label.All(c => c == '-' || allowed(c)));
}
