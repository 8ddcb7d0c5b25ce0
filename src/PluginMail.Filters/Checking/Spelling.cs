namespace PluginMail.Filters.Checking;

/// <summary>Finds the known name nearest to one that is not known.</summary>
internal static class Spelling
{
    private const int LongestName = 64;

    /// <summary>The candidate with the fewest edits, if they are few for a name of that length; transpositions count as one.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > LongestName)
        {
            return null;
        }

        var allowed = Math.Max(1, name.Length / 3);
        string? best = null;
        foreach (var candidate in candidates.Distinct().Order())
        {
            var distance = Distance(name.ToLowerInvariant(), candidate);
            if (distance <= allowed && distance < candidate.Length)
            {
                best = candidate;
                allowed = distance - 1;
            }
        }

        return best;
    }

    /// <summary>Optimal string alignment, three rows at a time.</summary>
    private static int Distance(string left, string right)
    {
        var before = new int[right.Length + 1];
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var current = new int[right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(change, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }
}
