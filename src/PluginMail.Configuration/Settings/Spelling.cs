namespace PluginMail.Configuration.Settings;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>The nearest candidate within a third of the word's length; <see langword="null"/> where none is near.</summary>
    internal static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        int allowed = Math.Max(1, word.Length / 3);
        return candidates
            .Where(c => c.Length <= LongestWord && Math.Abs(c.Length - word.Length) <= allowed)
            .Select(c => (Candidate: c, Distance: Distance(word, c)))
            .Where(p => p.Distance <= allowed)
            .OrderBy(static p => p.Distance)
            .ThenBy(static p => p.Candidate, StringComparer.Ordinal)
            .Select(static p => p.Candidate)
            .FirstOrDefault();
    }

    /// <summary>Edits from one word to the other: insert, remove or replace a letter, or swap two neighbours.</summary>
    internal static int Distance(string from, string to)
    {
        int[] beforeLast = new int[to.Length + 1];
        int[] last = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] row = new int[to.Length + 1];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replace = last[j - 1] + (char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]) ? 0 : 1);
                int best = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                row[j] = swapped ? Math.Min(best, beforeLast[j - 2] + 1) : best;
            }

            (beforeLast, last) = (last, row);
        }

        return last[to.Length];
    }
}
