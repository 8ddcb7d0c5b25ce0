using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Clients;

/// <summary>Names of hosts and domains as they are looked up.</summary>
internal static class HostName
{
    /// <summary>Octets of the longest name as text (RFC 1035 section 2.3.4).</summary>
    public const int LongestName = 253;

    private const int LongestLabel = 63;
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>In lower case, without the root's dot, other scripts as A-labels (RFC 5890); null where a text is no name of at least two labels.</summary>
    public static string? Normalize(string text)
    {
        string name = text.EndsWith('.') ? text[..^1] : text;
        if (name.Length is 0 or > LongestName)
        {
            return null;
        }

        if (!Ascii.IsValid(name))
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

        return IsName(name) ? name.ToLowerInvariant() : null;
    }

    /// <summary>Whether labels of letters, digits, hyphens and underscores make a name of at least two; the last is not a number (RFC 3696 section 2).</summary>
    private static bool IsName(string name)
    {
        if (name.Length > LongestName)
        {
            return false;
        }

        int labels = 0;
        ReadOnlySpan<char> last = default;
        foreach (var range in name.AsSpan().Split('.'))
        {
            last = name.AsSpan(range);
            if (last.Length is 0 or > LongestLabel || last.ContainsAnyExcept(Letters))
            {
                return false;
            }

            labels++;
        }

        return labels > 1 && last.ContainsAnyExceptInRange('0', '9');
    }
}
