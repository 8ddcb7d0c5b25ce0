using System.Diagnostics.CodeAnalysis;

namespace PluginMail.Collector.Settings;

/// <summary>Folders over there, and where their messages go here.</summary>
/// <param name="Remote">A name, or the beginning of names followed by <c>*</c>.</param>
/// <param name="Local">A name; where <paramref name="Remote"/> ends with <c>*</c>, so does this, and the rest is taken over.</param>
internal sealed record FolderRule(string Remote, string Local)
{
    /// <summary>Whether it stands for many folders.</summary>
    public bool IsWild => Remote.EndsWith('*');

    /// <summary>Reads <c>"Name"</c>, <c>"Name = Name here"</c> or <c>"Start* = Start here*"</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FolderRule? rule)
    {
        string[] parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        rule = new FolderRule(parts[0], parts[^1]);
        bool isSound = rule.Remote.Length is > 0 and <= 200 && rule.Local.Length is > 0 and <= 200
            && rule.IsWild == rule.Local.EndsWith('*')
            && !rule.Remote.AsSpan()[..^1].Contains('*') && !rule.Local.AsSpan()[..^1].Contains('*')
            && !text.AsSpan().ContainsAnyInRange('\0', '\x1f');
        rule = isSound ? rule : null;
        return isSound;
    }

    /// <summary>Where a folder's messages go.</summary>
    /// <param name="remote">Its name.</param>
    /// <param name="separator">What stands between the levels of names there.</param>
    /// <param name="local">Its name here.</param>
    /// <returns>False where this rule is not about it.</returns>
    public bool TryMap(string remote, char separator, [NotNullWhen(true)] out string? local)
    {
        local = null;
        if (!IsWild)
        {
            local = Matches(remote, Remote) ? Local : null;
        }
        else if (remote.StartsWith(Remote[..^1], StringComparison.Ordinal))
        {
            string rest = remote[(Remote.Length - 1)..];
            local = Local[..^1] + (separator is '/' or '\0' ? rest : rest.Replace('/', '_').Replace(separator, '/'));
        }

        return local is { Length: > 0 };
    }

    private static bool Matches(string name, string rule) =>
        name == rule || (rule.Equals("INBOX", StringComparison.OrdinalIgnoreCase) && name.Equals(rule, StringComparison.OrdinalIgnoreCase));
}
