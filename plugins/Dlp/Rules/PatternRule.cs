using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PluginMail.Abstractions;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp.Rules;

/// <summary>Numbers of a kind, so many different ones of which are a finding.</summary>
/// <param name="Rule">Name, action, points.</param>
/// <param name="Kind">Finds and checks them.</param>
/// <param name="Minimum">How many different ones.</param>
/// <param name="Context">Words of which one must stand near, folded and in lower case; none: no matter what stands near.</param>
internal sealed record PatternRule(RuleSettings Rule, PatternKind Kind, int Minimum, ImmutableArray<string> Context)
{
    private const int Near = 80;
    private const int MostFound = 10_000;
    private const int MatchesPerLook = 256;

    /// <summary>Reads a rule's table.</summary>
    public static PatternRule Read(ISettings table)
    {
        string name = table.GetString("kind", "");
        if (!PatternKind.All.TryGetValue(name, out var kind))
        {
            table.Reject("kind", $"one of {string.Join(", ", PatternKind.All.Keys.Order(StringComparer.Ordinal).Select(key => $"\"{key}\""))}");
            kind = PatternKind.All["card"];
        }

        var context = table.GetStrings("context", kind.Context);
        if (context.Any(string.IsNullOrWhiteSpace))
        {
            table.Reject("context", "a list of words, none of them empty");
            context = kind.Context;
        }

        return new PatternRule(
            RuleSettings.Read(table, kind.Name, RuleAction.Hold, mayIgnore: false),
            kind,
            (int)table.GetInteger("minimum", defaultValue: 1, minimum: 1, maximum: MostFound),
            [.. context.Select(word => FoldedText.Of(word.ToLowerInvariant()))]);
    }

    /// <summary>Searches a folded text, to its end where there is time.</summary>
    /// <returns>The finding; null where there is none.</returns>
    public Finding? Search(ReadOnlySpan<char> text, TextBudget budget)
    {
        HashSet<string> found = new(StringComparer.Ordinal);
        int matches = 0;
        try
        {
            for (int at = 0; Next(text, at) is (var index, > 0 and var length); matches++)
            {
                if (found.Count == MostFound || (matches % MatchesPerLook == MatchesPerLook - 1 && !budget.IsInTime()))
                {
                    break;
                }

                if (Kind.Check(text.Slice(index, length), out int end) is { } number && HasContext(text, index, end))
                {
                    found.Add(number);
                }

                at = index + end;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            budget.Report("more than can be read in time");
        }

        return found.Count >= Minimum ? Rule.Found($"{found.Count} different ones") : null;
    }

    private (int Index, int Length) Next(ReadOnlySpan<char> text, int at)
    {
        var matches = Kind.Form.EnumerateMatches(text, at);
        return matches.MoveNext() ? (matches.Current.Index, matches.Current.Length) : default;
    }

    private bool HasContext(ReadOnlySpan<char> text, int index, int length)
    {
        if (Context.IsEmpty)
        {
            return true;
        }

        int start = Math.Max(0, index - Near);
        int end = Math.Min(text.Length, index + length + (Near / 2));
        foreach (string word in Context)
        {
            if (HasWord(text[start..index], word) || HasWord(text[(index + length)..end], word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasWord(ReadOnlySpan<char> text, string word)
    {
        for (int at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0;)
        {
            int behind = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (behind == text.Length || !char.IsLetterOrDigit(text[behind])))
            {
                return true;
            }

            int next = text[behind..].IndexOf(word, StringComparison.OrdinalIgnoreCase);
            at = next < 0 ? -1 : behind + next;
        }

        return false;
    }
}
