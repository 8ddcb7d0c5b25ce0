using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The flags of a new copy. System flags that a filter cannot set (\Recent) and words that are no keywords are left out.</summary>
internal static class CopyFlags
{
    private const int LongestKeyword = 128;

    public static MessageFlags System(PlannedCopy copy)
    {
        MessageFlags flags = copy.IsSent ? MessageFlags.Seen : default;
        foreach (string flag in copy.Flags)
        {
            flags |= flag.ToUpperInvariant() switch
            {
                "\\SEEN" => MessageFlags.Seen,
                "\\ANSWERED" => MessageFlags.Answered,
                "\\FLAGGED" => MessageFlags.Flagged,
                "\\DELETED" => MessageFlags.Deleted,
                "\\DRAFT" => MessageFlags.Draft,
                _ => default,
            };
        }

        return flags;
    }

    public static ImmutableArray<string> Keywords(PlannedCopy copy) => copy.Flags.IsEmpty ? [] : [.. copy.Flags.Where(IsKeyword).Distinct(StringComparer.OrdinalIgnoreCase)];

    // flag-keyword = atom (RFC 9051)
    private static bool IsKeyword(string flag) =>
        flag.Length is > 0 and <= LongestKeyword && flag.All(character => character is > ' ' and < '\x7F' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']'));
}
