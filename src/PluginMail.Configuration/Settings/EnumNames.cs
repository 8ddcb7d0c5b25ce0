using System.Text;

namespace PluginMail.Configuration.Settings;

/// <summary>Names of enumerations in mail.toml: lower case, words joined by underscores (hyphens are taken too, and nothing at all).</summary>
internal static class EnumNames
{
    /// <summary>The names as mail.toml writes them.</summary>
    internal static IReadOnlyList<string> All<TEnum>()
        where TEnum : struct, Enum => [.. Enum.GetNames<TEnum>().Select(Write)];

    /// <summary>Finds the value with a name.</summary>
    internal static bool TryRead<TEnum>(string text, out TEnum value)
        where TEnum : struct, Enum
    {
        value = default;
        if (text.Any(char.IsAsciiLetterUpper))
        {
            return false;
        }

        string name = Bare(text);
        foreach (var candidate in Enum.GetValues<TEnum>())
        {
            if (string.Equals(name, Bare(candidate.ToString()), StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary><c>OverQuota</c> to <c>over_quota</c>.</summary>
    internal static string Write(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static string Bare(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
