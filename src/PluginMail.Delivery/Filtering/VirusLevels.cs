using System.Collections.Immutable;

namespace PluginMail.Delivery;

/// <summary>What virustest sees (RFC 5235 section 3), from the tags that antivirus plugins give.</summary>
internal static class VirusLevels
{
    // The strongest first. "virus-unscanned" is no result.
    private static readonly ImmutableArray<(string Tag, int Level)> Levels =
        [("virus", 5), ("virus-suspected", 4), ("virus-cured", 3), ("virus-replaced", 2), ("virus-clean", 1)];

    /// <summary>0 untested, 1 clean, 2 replaced by something harmless, 3 cured, 4 perhaps infected, 5 infected.</summary>
    public static int Of(ImmutableHashSet<string> tags)
    {
        foreach ((string tag, int level) in tags.IsEmpty ? [] : Levels)
        {
            if (tags.Contains(tag))
            {
                return level;
            }
        }

        return 0;
    }
}
