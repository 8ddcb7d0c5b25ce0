using System.Collections.Immutable;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The flags of a new copy. System flags that a filter cannot set (\Recent) and words that are no keywords are left out.</summary>
internal static class CopyFlags
{
    private const int LongestKeyword = 128;

    private static readonly ImmutableArray<(string Name, MessageFlags Flag)> SystemNames =
    [
        ("\\Seen", MessageFlags.Seen), ("\\Answered", MessageFlags.Answered), ("\\Flagged", MessageFlags.Flagged),
        ("\\Deleted", MessageFlags.Deleted), ("\\Draft", MessageFlags.Draft),
    ];

    public static MessageFlags System(PlannedCopy copy) => (copy.IsSent ? MessageFlags.Seen : default) | System(copy.Flags);

    public static ImmutableArray<string> Keywords(PlannedCopy copy) => Keywords(copy.Flags);

    /// <summary>What a filter's flags are in the store.</summary>
    public static AddedFlags Of(ImmutableArray<string> flags) => flags.IsEmpty ? AddedFlags.None : new AddedFlags(System(flags), Keywords(flags));

    /// <summary>The names of a message's flags, as a filter sees them (RFC 5232 section 2).</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="keywords">The folder's keywords by position.</param>
    /// <returns>System flags with their backslash, then keywords.</returns>
    public static ImmutableArray<string> NamesOf(MessageFlags flags, ImmutableArray<string> keywords)
    {
        if (flags == default)
        {
            return []; // the common case
        }

        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        names.AddRange(SystemNames.Where(flag => flags.Has(flag.Flag)).Select(static flag => flag.Name));
        names.AddRange(keywords.Where((_, position) => position < MessageFlags.MaximumKeywords && flags.Has(MessageFlags.Keyword(position))));
        return names.ToImmutable();
    }

    private static MessageFlags System(ImmutableArray<string> names)
    {
        MessageFlags flags = default;
        foreach (string flag in names)
        {
            flags |= SystemNames.FirstOrDefault(system => system.Name.Equals(flag, StringComparison.OrdinalIgnoreCase)).Flag;
        }

        return flags;
    }

    private static ImmutableArray<string> Keywords(ImmutableArray<string> flags) =>
        flags.IsEmpty ? [] : [.. flags.Where(IsKeyword).Distinct(StringComparer.OrdinalIgnoreCase)];

    // flag-keyword = atom (RFC 9051)
    private static bool IsKeyword(string flag) =>
        flag.Length is > 0 and <= LongestKeyword && flag.All(character => character is > ' ' and < '\x7F' and not ('(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']'));
}
