using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>A published policy (RFC 7208 section 3), its grammar checked.</summary>
/// <param name="Directives">The mechanisms in their order.</param>
/// <param name="Redirect">The target of redirect= (section 6.1); null where there is none.</param>
/// <param name="Explanation">The target of exp= (section 6.2); null where there is none.</param>
internal sealed record SpfRecord(ImmutableArray<SpfDirective> Directives, SpfMacroString? Redirect, SpfMacroString? Explanation)
{
    /// <summary>Octets of the longest record that is read.</summary>
    public const int MaximumLength = 16 << 10;

    private const string Version = "v=spf1";

    /// <summary>Whether a TXT record is a policy (section 4.5): the version alone or followed by a space.</summary>
    public static bool IsPolicy(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <summary>Reads a policy (section 12).</summary>
    /// <param name="text">The record.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>Null where the grammar is broken anywhere, which makes the result permerror (section 4.6).</returns>
    public static SpfRecord? TryParse(string text, out string? problem)
    {
        problem = "record too long";
        return text.Length > MaximumLength ? null : new SpfRecordReader().Read(text[Version.Length..], out problem);
    }
}
