using PluginMail.Dlp.Fingerprints;

namespace PluginMail.Dlp.Rules;

/// <summary>Hashes the phrases of a text.</summary>
/// <param name="found">Takes the hash of each.</param>
internal sealed class PhraseReader(Action<ulong> found)
{
    private readonly ulong[] _last = new ulong[DictionaryRule.MostWords];
    private int _count;

    /// <summary>The hash of a text as one phrase, and its words.</summary>
    public static (ulong Hash, int Words) Whole(ReadOnlySpan<char> text)
    {
        ulong hash = 0;
        int count = 0;
        ForEach(text, word =>
        {
            hash = Append(hash, word);
            count++;
        });
        return (hash, count);
    }

    /// <summary>Reads a text: all phrases in it of some lengths in words.</summary>
    public void Read(ReadOnlySpan<char> text, int[] lengths) => ForEach(text, word =>
    {
        _last[_count++ % _last.Length] = word;
        foreach (int length in lengths)
        {
            if (length <= _count)
            {
                ulong hash = 0;
                for (int i = _count - length; i < _count; i++)
                {
                    hash = Append(hash, _last[i % _last.Length]);
                }

                found(hash);
            }
        }
    });

    private static ulong Append(ulong hash, ulong word) => Hashes.Mix((hash * 31) ^ word);

    private static void ForEach(ReadOnlySpan<char> text, Action<ulong> take)
    {
        var words = default(Words);
        foreach (char c in text)
        {
            int ended = words.Take(c, out ulong first, out ulong second);
            if ((ended & 1) != 0)
            {
                take(first);
            }

            if ((ended & 2) != 0)
            {
                take(second);
            }
        }

        if (words.End(out ulong last))
        {
            take(last);
        }
    }
}
