using System.Collections.Frozen;
using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp.Rules;

/// <summary>
/// Words and phrases of a file, each with a weight; a message is a finding when the weights of those that are in it, each counted once,
/// reach a threshold. They are compared as whole words, without regard to case, accents and layout, and only their hashes are held.
/// </summary>
/// <param name="Rule">Name, action, points.</param>
/// <param name="Threshold">The sum from which on it is a finding.</param>
/// <param name="Weights">The weight of each phrase, by its hash.</param>
/// <param name="Lengths">The lengths in words that there are.</param>
internal sealed record DictionaryRule(RuleSettings Rule, double Threshold, FrozenDictionary<ulong, double> Weights, int[] Lengths)
{
    /// <summary>Words of the longest phrase.</summary>
    public const int MostWords = 8;

    private const int MostEntries = 1_000_000;
    private const long MostOctets = 64 << 20;

    /// <summary>Reads a rule's table, and its file.</summary>
    public static DictionaryRule Read(ISettings table)
    {
        string file = table.GetString("file", "");
        var rule = RuleSettings.Read(table, Path.GetFileNameWithoutExtension(file), RuleAction.Hold, mayIgnore: false);
        double threshold = table.GetNumber("threshold", defaultValue: 1, minimum: 0.001, maximum: 1_000_000);
        Dictionary<ulong, double> weights = [];
        SortedSet<int> lengths = [];
        if (!Path.IsPathFullyQualified(file) || !TryLoad(file, weights, lengths))
        {
            table.Reject("file", $"the absolute path of a file: a line a phrase of up to {MostWords} words, behind it a tab and a weight where it is not 1");
        }

        return new DictionaryRule(rule, threshold, weights.ToFrozenDictionary(), [.. lengths]);
    }

    /// <summary>Searches a folded text.</summary>
    /// <returns>The finding; null where there is none.</returns>
    public Finding? Search(ReadOnlySpan<char> text)
    {
        var found = new HashSet<ulong>();
        double sum = 0;
        var phrases = new PhraseReader(hash =>
        {
            if (Weights.TryGetValue(hash, out double weight) && found.Add(hash))
            {
                sum += weight;
            }
        });
        phrases.Read(text, Lengths);
        return sum >= Threshold ? Rule.Found($"{found.Count} of its phrases, weight {sum.ToString("0.##", CultureInfo.InvariantCulture)}") : null;
    }

    private static bool TryLoad(string file, Dictionary<ulong, double> weights, SortedSet<int> lengths)
    {
        try
        {
            if (new FileInfo(file).Length > MostOctets)
            {
                return false;
            }

            foreach (string line in File.ReadLines(file))
            {
                if (!string.IsNullOrWhiteSpace(line) && line[0] != '#' && !TryAdd(FoldedText.Of(line), weights, lengths))
                {
                    return false;
                }
            }

            return weights.Count is > 0 and <= MostEntries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryAdd(ReadOnlySpan<char> line, Dictionary<ulong, double> weights, SortedSet<int> lengths)
    {
        int tab = line.IndexOf('\t');
        double weight = 1;
        if (tab >= 0 && !double.TryParse(line[(tab + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out weight))
        {
            return false;
        }

        var (hash, words) = PhraseReader.Whole(tab < 0 ? line : line[..tab]);
        if (words is 0 or > MostWords)
        {
            return false;
        }

        weights[hash] = weight;
        lengths.Add(words);
        return true;
    }
}
