using System.Collections.Immutable;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp.Rules;

/// <summary>
/// Searches a text for the numbers of all rules in one pass: it goes from digit to digit, and compares a group of letters and digits with the
/// spellings alone whose first group is as long.
/// </summary>
internal sealed class NumberSearch
{
    private const int LongestGroup = 44;
    private const int LongestLead = 2;
    private const int GroupsPerLook = 256;
    private readonly ImmutableArray<PatternRule> _rules;
    private readonly ContextWords _words;
    private readonly Candidate[][] _byFirstGroup = new Candidate[Spelling.Longest + 1][];
    private readonly (int Rule, PatternKind.Finder Find)[] _finders;

    /// <summary>Readies the search for some rules.</summary>
    public NumberSearch(ImmutableArray<PatternRule> rules)
    {
        _rules = rules;
        _words = new ContextWords(rules);
        _finders = [.. rules.Index().Where(rule => rule.Item.Kind.Find is not null).Select(rule => (rule.Index, rule.Item.Kind.Find!))];
        var uses = rules.Index().SelectMany(rule => rule.Item.Kind.Forms.SelectMany(
            form => form.Spellings.Select(spelling => (Spelling: spelling, Use: (rule.Index, form)))));
        var candidates = uses.GroupBy(use => use.Spelling, use => use.Use)
            .Select(group => new Candidate(group.Key, [.. group])).ToLookup(candidate => candidate.Spelling.FirstGroup);
        for (int length = 0; length <= Spelling.Longest; length++)
        {
            _byFirstGroup[length] = [.. candidates[length].OrderByDescending(candidate => candidate.Spelling.Form.Length)];
        }
    }

    private sealed record Candidate(Spelling Spelling, (int Rule, NumberForm Form)[] Uses);

    /// <summary>Searches a text, to its end where there is time.</summary>
    /// <returns>What the rules say, in their order.</returns>
    public ImmutableArray<Finding> Run(ReadOnlySpan<char> text, TextBudget budget)
    {
        PatternTally[] tallies = [.. _rules.Select(rule => new PatternTally(rule))];
        var context = new ContextReader(_words, tallies);
        for (int at = 0, groups = 0, digit; (digit = text[at..].IndexOfAnyInRange('0', '9')) >= 0; groups++)
        {
            if (groups % GroupsPerLook == GroupsPerLook - 1 && !budget.IsInTime())
            {
                break;
            }

            int start = at + digit;
            int end = start;
            while (start > at && char.IsAsciiLetterOrDigit(text[start - 1]))
            {
                start--;
            }

            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            if (end - start <= LongestGroup)
            {
                Take(text, start, end - start, tallies, context);
            }

            at = end;
        }

        context.End(text);
        return [.. tallies.Select(tally => tally.Finding).OfType<Finding>()];
    }

    private void Take(ReadOnlySpan<char> text, int start, int length, PatternTally[] tallies, ContextReader context)
    {
        foreach (var (rule, find) in _finders)
        {
            if (start >= tallies[rule].End && find(text, start, out int end) is { } number)
            {
                tallies[rule].Take(text, new Found(start, end, number, Certainty.Sure), context, rule);
            }
        }

        if (LeadStart(text, start) is var lead and >= 0)
        {
            Compare(text, lead, start - 1 - lead, tallies, context);
        }

        Compare(text, start, length, tallies, context);
    }

    // Letters that a blank or dash parts from the digits behind them.
    private static int LeadStart(ReadOnlySpan<char> text, int start)
    {
        int at = start - 1;
        if (at < 1 || !(Separators.IsBlank(text[at]) || Separators.IsDash(text[at])))
        {
            return -1;
        }

        int least = Math.Max(0, at - LongestLead);
        while (at > least && char.IsAsciiLetter(text[at - 1]))
        {
            at--;
        }

        return at < start - 1 ? at : -1;
    }

    private void Compare(ReadOnlySpan<char> text, int start, int length, PatternTally[] tallies, ContextReader context)
    {
        if (length > Spelling.Longest || _byFirstGroup[length].Length == 0 || !Boundaries.CanBegin(text, start))
        {
            return;
        }

        Span<char> number = stackalloc char[Spelling.Longest];
        foreach (var candidate in _byFirstGroup[length])
        {
            int count = candidate.Spelling.Read(text, start, number, out int end);
            if (count > 0)
            {
                Check(text, number[..count], (start, end), candidate, tallies, context);
            }
        }
    }

    private static void Check(
        ReadOnlySpan<char> text, ReadOnlySpan<char> number, (int Start, int End) place, Candidate candidate, PatternTally[] tallies, ContextReader context)
    {
        string? whole = null;
        foreach (var (rule, form) in candidate.Uses)
        {
            if (place.Start < tallies[rule].End)
            {
                continue;
            }

            bool isOne = form.Check(number);
            whole = isOne ? whole ?? number.ToString() : whole;
            tallies[rule].Take(text, new Found(place.Start, place.End, isOne ? whole : null, form.Certainty), context, rule);
        }
    }
}
