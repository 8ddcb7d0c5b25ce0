using System.Text;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>
/// Texts of words that occur as words do: a few very often, most hardly ever (Zipf), with set phrases between them that every text has. The
/// same seed gives the same text.
/// </summary>
internal sealed class TextGenerator(int seed)
{
    private const int VocabularySize = 30_000;
    private const int PhraseCount = 400;
    private static readonly string[] Vocabulary = MakeVocabulary();
    private static readonly string[][] Phrases = MakePhrases();
    private readonly Random _random = new(seed);

    /// <summary>Words of a text.</summary>
    public string[] Words(int count)
    {
        var words = new List<string>(count + 12);
        while (words.Count < count)
        {
            if (_random.Next(40) == 0)
            {
                words.AddRange(Phrases[(int)(PhraseCount * Math.Pow(_random.NextDouble(), 2))]);
            }
            else
            {
                words.Add(Word(_random));
            }
        }

        return [.. words.Take(count)];
    }

    /// <summary>Words with the case, punctuation and line ends of a text.</summary>
    public string Prose(int words) => Prose(Words(words));

    /// <inheritdoc cref="Prose(int)"/>
    public string Prose(IReadOnlyList<string> words)
    {
        var text = new StringBuilder(words.Count * 7);
        bool starts = true;
        int line = 0;
        foreach (string word in words)
        {
            text.Append(starts ? char.ToUpperInvariant(word[0]) + word[1..] : word);
            starts = _random.Next(12) == 0;
            text.Append(starts ? ". " : _random.Next(10) == 0 ? ", " : " ");
            line += word.Length + 1;
            if (line > 70)
            {
                text.Append("\r\n");
                line = 0;
            }
        }

        return text.ToString();
    }

    private static string Word(Random random)
    {
        // Inverse of the distribution function of 1/x.
        double rank = Math.Pow(VocabularySize, random.NextDouble());
        return Vocabulary[Math.Min(VocabularySize - 1, (int)rank - 1)];
    }

    private static string[] MakeVocabulary()
    {
        const string Consonants = "bcdfghjklmnprstvwz";
        const string Vowels = "aeiouy";
        var random = new Random(1);
        HashSet<string> words = [];
        while (words.Count < VocabularySize)
        {
            var word = new StringBuilder();
            int syllables = words.Count < 100 ? 1 : 1 + random.Next(4);
            for (int i = 0; i < syllables; i++)
            {
                word.Append(Consonants[random.Next(Consonants.Length)]).Append(Vowels[random.Next(Vowels.Length)]);
                if (random.Next(3) == 0)
                {
                    word.Append(Consonants[random.Next(Consonants.Length)]);
                }
            }

            words.Add(word.ToString());
        }

        return [.. words];
    }

    private static string[][] MakePhrases()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, PhraseCount).Select(_ => Enumerable.Range(0, 4 + random.Next(8)).Select(_ => Word(random)).ToArray())];
    }
}
