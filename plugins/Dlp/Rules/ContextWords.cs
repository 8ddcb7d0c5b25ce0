using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp.Rules;

/// <summary>A word of a context in a text, or the end of a part.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Rules">Whose word it is; none at the end of a part.</param>
internal readonly record struct Occurrence(int Start, int End, ImmutableArray<int> Rules);

/// <summary>The words of all rules' contexts, folded as the text is.</summary>
internal sealed class ContextWords
{
    private const string PartEnd = "\f";

    // A longer word may go on in another one, as in Reisepassnummer.
    private const int Long = 6;
    private static readonly string[] Suffixes = ["number", "nummer", "numer", "numero", "num", "nr", "no", "id", "code"];
    private readonly SearchValues<string> _all;
    private readonly FrozenDictionary<char, Entry[]> _byFirst;

    /// <summary>Collects them.</summary>
    public ContextWords(ImmutableArray<PatternRule> rules)
    {
        var words = rules.Index().SelectMany(rule => rule.Item.Context.Select(word => (Word: FoldedText.Of(word), rule.Index)))
            .GroupBy(word => word.Word, word => word.Index, StringComparer.Ordinal)
            .Select(group => new Entry(group.Key, IsInCapitals(group.Key), [.. group.Distinct()])).ToList();
        _all = SearchValues.Create([.. words.Select(entry => entry.Word), PartEnd], StringComparison.OrdinalIgnoreCase);
        _byFirst = words.GroupBy(entry => char.ToUpperInvariant(entry.Word[0])).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        Longest = words.Count == 0 ? 1 : words.Max(entry => entry.Word.Length);
    }

    private sealed record Entry(string Word, bool IsInCapitals, ImmutableArray<int> Rules);

    /// <summary>Characters of the longest.</summary>
    public int Longest { get; }

    /// <summary>Reads all that begin between two places.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The first place.</param>
    /// <param name="to">The place behind the last.</param>
    /// <param name="into">Takes them in their order.</param>
    public void Read(ReadOnlySpan<char> text, int from, int to, Queue<Occurrence> into)
    {
        int end = Math.Min(text.Length, to + Longest - 1);
        while (from < to && text[from..end].IndexOfAny(_all) is >= 0 and var next && from + next < to)
        {
            int at = from + next;
            if (text[at] == PartEnd[0])
            {
                into.Enqueue(new Occurrence(at, at + 1, []));
            }

            foreach (var entry in _byFirst.GetValueOrDefault(char.ToUpperInvariant(text[at]), []))
            {
                if (IsAt(text, at, entry))
                {
                    into.Enqueue(new Occurrence(at, at + entry.Word.Length, entry.Rules));
                }
            }

            from = at + 1;
        }
    }

    private static bool IsInCapitals(string word) => !word.AsSpan().ContainsAnyExceptInRange('A', 'Z');

    private static bool IsAt(ReadOnlySpan<char> text, int start, Entry entry)
    {
        string word = entry.Word;
        return text[start..].StartsWith(word, entry.IsInCapitals ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
            && Begins(text, start) && Ends(text, start + word.Length, word.Length);
    }

    // At a word's start, or where capitals say that one begins: employeePassport.
    private static bool Begins(ReadOnlySpan<char> text, int start) =>
        start == 0 || !char.IsLetterOrDigit(text[start - 1]) || (char.IsLower(text[start - 1]) && char.IsUpper(text[start]));

    private static bool Ends(ReadOnlySpan<char> text, int end, int length) =>
        end == text.Length || length >= Long || !char.IsLetterOrDigit(text[end]) || IsCapitalOfNext(text, end) || HasSuffix(text[end..]);

    // passNumber, SSNNumber
    private static bool IsCapitalOfNext(ReadOnlySpan<char> text, int end) =>
        char.IsUpper(text[end]) && (char.IsLower(text[end - 1]) || (end + 1 < text.Length && char.IsLower(text[end + 1])));

    private static bool HasSuffix(ReadOnlySpan<char> text)
    {
        foreach (string suffix in Suffixes)
        {
            if (text.StartsWith(suffix, StringComparison.OrdinalIgnoreCase) && (text.Length == suffix.Length || !char.IsLetterOrDigit(text[suffix.Length])))
            {
                return true;
            }
        }

        return false;
    }
}
