namespace PluginMail.Dlp.Fingerprints;

/// <summary>Sorted sequences as one sorted sequence.</summary>
internal static class MergedPairs
{
    public static IEnumerable<ulong> Of(IEnumerable<IEnumerable<ulong>> sequences)
    {
        List<IEnumerator<ulong>> open = [];
        try
        {
            var heads = new PriorityQueue<IEnumerator<ulong>, ulong>();
            foreach (var sequence in sequences)
            {
                var enumerator = sequence.GetEnumerator();
                open.Add(enumerator);
                if (enumerator.MoveNext())
                {
                    heads.Enqueue(enumerator, enumerator.Current);
                }
            }

            while (heads.TryPeek(out var least, out ulong value))
            {
                yield return value;
                if (least.MoveNext())
                {
                    heads.DequeueEnqueue(least, least.Current);
                }
                else
                {
                    heads.Dequeue();
                }
            }
        }
        finally
        {
            open.ForEach(enumerator => enumerator.Dispose());
        }
    }
}
