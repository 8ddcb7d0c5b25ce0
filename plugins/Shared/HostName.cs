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

    /// <summary>
    /// What browsers make of a name's characters before they look it up (UTS 46), where that does not take the tables of Unicode: lower case,
    /// dots and letters of full width as those of ASCII, without what is not seen.
    /// </summary>
    public static string Map(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var mapped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!IsUnseen(c))
            {
                mapped.Append(c switch
                {
                    '\u3002' or '\uff61' => '.',
                    >= '\uff01' and <= '\uff5e' => (char)(c - 0xfee0),
                    _ => c,
                });
            }
        }

        return mapped.ToString().ToLowerInvariant();
    }

    /// <summary>In lower case, without the root's dot, other scripts as A-labels (RFC 5890); null where a text is no name of at least two labels.</summary>
    public static string? Normalize(string text)
    {
        string name = Map(text);
        name = name.EndsWith('.') ? name[..^1] : name;
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

    /// <summary>Whether it is a soft hyphen, of no width or chooses a variant of the character before.</summary>
    private static bool IsUnseen(char c) => c is '\u00ad' or '\u2060' or '\ufeff' or (>= '\u200b' and <= '\u200d') or (>= '\ufe00' and <= '\ufe0f');

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
