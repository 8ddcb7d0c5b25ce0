using System.Globalization;

namespace PluginMail.MailAuth;

/// <summary>Domain names as text, without the root's dot (RFC 1035 section 2.3.4).</summary>
internal static class DomainName
{
    public const int MaximumLength = 253;
    private const int MaximumLabelLength = 63;

    /// <summary>Whether a name can be asked for: labels of 1 to 63 printable ASCII characters (macros of RFC 7208 can make spaces), 253 in all.</summary>
    public static bool IsQueryable(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaximumLength)
        {
            return false;
        }

        int label = 0;
        foreach (char c in name)
        {
            if (c == '.')
            {
                if (label == 0)
                {
                    return false;
                }

                label = 0;
            }
            else if (c is < ' ' or >= '\x7f' or '\\' or '"' || ++label > MaximumLabelLength)
            {
                return false;
            }
        }

        return label > 0;
    }

    /// <summary>Whether a name has at least two labels, each of which can be asked for.</summary>
    public static bool IsFullyQualified(ReadOnlySpan<char> name) => name.Contains('.') && IsQueryable(name);

    /// <summary>In lower case, without the root's dot, labels of other scripts as A-labels (RFC 5890); null where it is no name.</summary>
    public static string? Normalize(string name)
    {
        name = name.EndsWith('.') ? name[..^1] : name;
        if (name.Length > 4 * MaximumLength)
        {
            return null;
        }

        if (!System.Text.Ascii.IsValid(name))
        {
            try
            {
                name = new IdnMapping { UseStd3AsciiRules = false }.GetAscii(name);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return IsQueryable(name) ? name.ToLowerInvariant() : null;
    }

    /// <summary>Whether <paramref name="name"/> is <paramref name="parent"/> or lies below it.</summary>
    public static bool IsWithin(string name, string parent) =>
        name.EndsWith(parent, StringComparison.OrdinalIgnoreCase)
        && (name.Length == parent.Length || name[name.Length - parent.Length - 1] == '.');

    /// <summary>The number of labels.</summary>
    public static int CountLabels(string name) => name.AsSpan().Count('.') + 1;

    /// <summary>The last so many labels of a name that has at least as many.</summary>
    public static string LastLabels(string name, int count)
    {
        int start = name.Length;
        for (int i = 0; i < count && start > 0; i++)
        {
            start = name.LastIndexOf('.', start - 1);
            if (start < 0)
            {
                return name;
            }
        }

        return name[(start + 1)..];
    }
}
