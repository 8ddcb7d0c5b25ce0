using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>Lists of IMAP flags as RFC 5232 section 2 reads them: separated by spaces, each once without regard to case, invalid ones left out.</summary>
internal static class FlagSet
{
    private const int MostFlags = 200;
    private const int LongestFlag = 128;

    /// <summary>The flags of several strings.</summary>
    public static ImmutableArray<string> Parse(IEnumerable<string> texts)
    {
        var flags = ImmutableArray.CreateBuilder<string>();
        foreach (var text in texts)
        {
            foreach (var flag in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (flags.Count < MostFlags && IsFlag(flag) && !Has(flags, flag))
                {
                    flags.Add(flag);
                }
            }
        }

        return flags.ToImmutable();
    }

    /// <summary>The flags of a string of octets.</summary>
    public static ImmutableArray<string> Parse(ReadOnlyMemory<byte> text) => Parse([Encoding.UTF8.GetString(text.Span)]);

    /// <summary>Without some of them.</summary>
    public static ImmutableArray<string> Except(ImmutableArray<string> flags, ImmutableArray<string> others) =>
        [.. flags.Where(flag => !Has(others, flag))];

    private static bool Has(IEnumerable<string> flags, string flag) => flags.Contains(flag, StringComparer.OrdinalIgnoreCase);

    /// <summary>flag-keyword, or a system flag that can be set (RFC 3501 section 9).</summary>
    private static bool IsFlag(string flag)
    {
        if (flag[0] == '\\')
        {
            return flag.ToLowerInvariant() is "\\answered" or "\\flagged" or "\\deleted" or "\\seen" or "\\draft";
        }

        return flag.Length <= LongestFlag && flag.All(character => character is > ' ' and < '\x7F' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']'));
    }
}
