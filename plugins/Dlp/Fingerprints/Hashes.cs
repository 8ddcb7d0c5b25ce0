namespace PluginMail.Dlp.Fingerprints;

/// <summary>Spreads the bits of a number (the finalizer of SplitMix64).</summary>
internal static class Hashes
{
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A hash of all hashes of a document, in their order; 0 where there are none.</summary>
    public static ulong OfAll(ReadOnlySpan<ulong> hashes)
    {
        ulong all = (ulong)hashes.Length;
        foreach (ulong hash in hashes)
        {
            all = Mix(all ^ hash) + hash;
        }

        return hashes.IsEmpty ? 0 : Math.Max(all, 1);
    }
}
