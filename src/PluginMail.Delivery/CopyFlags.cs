using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The flags of a new copy. System flags that a filter cannot set (\Recent) and words that are no keywords are left out.</summary>
internal static class CopyFlags
{
    private const int LongestKeyword = 128;

    public static MessageFlags System(PlannedCopy copy) => (copy.IsSent ? MessageFlags.Seen : default) | System(copy.Flags);

    public static ImmutableArray<string> Keywords(PlannedCopy copy) => Keywords(copy.Flags);

    /// <summary>What a filter's flags are in the store.</summary>
    public static AddedFlags Of(ImmutableArray<string> flags) => flags.IsEmpty ? AddedFlags.None : new AddedFlags(System(flags), Keywords(flags));

    private static MessageFlags System(ImmutableArray<string> names)
    {
        MessageFlags flags = default;
        foreach (string flag in names)
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

    private static ImmutableArray<string> Keywords(ImmutableArray<string> flags) =>
        flags.IsEmpty ? [] : [.. flags.Where(IsKeyword).Distinct(StringComparer.OrdinalIgnoreCase)];

    // flag-keyword = atom (RFC 9051)
    private static bool IsKeyword(string flag) =>
        flag.Length is > 0 and <= LongestKeyword && flag.All(character => character is > ' ' and < '\x7F' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']'));
}
