using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Clients;

/// <summary>Host names of a settings key: <c>mail.example.org</c>, <c>.example.org</c> for all below it.</summary>
/// <param name="patterns">Normalized names, some with a dot before them.</param>
internal sealed class HostPatterns(ImmutableArray<string> patterns)
{
    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => patterns.IsEmpty;

    /// <summary>Reads a list that is empty where the key is missing.</summary>
    public static HostPatterns Read(ISettings settings, string key)
    {
        var patterns = ImmutableArray.CreateBuilder<string>();
        foreach (string text in settings.GetStrings(key, []))
        {
            string dot = text.StartsWith('.') ? "." : "";
            if (HostName.Normalize(text[dot.Length..]) is { } name)
            {
                patterns.Add(dot + name);
            }
            else
            {
                settings.Reject(key, "host names like \"mail.example.org\", or \".example.org\" for all below it");
            }
        }

        return new HostPatterns(patterns.ToImmutable());
    }

    /// <summary>Whether one of the patterns is for a name.</summary>
    /// <param name="name">As <see cref="HostName.Normalize"/> makes it.</param>
    public bool Match(string name) => patterns.Any(pattern =>
        pattern[0] == '.' ? name.EndsWith(pattern, StringComparison.Ordinal) : name == pattern);
}
