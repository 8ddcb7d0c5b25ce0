namespace PluginMail.Dlp.Rules;

/// <summary>
/// Counts the numbers of one rule in a text. A number that needs a word counts where one stands near; where it stands in the column of a table
/// that such a word heads; and in a part of the message that has the word and several of them.
/// </summary>
internal sealed class PatternTally(PatternRule rule)
{
    private const int Several = 3;
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly HeadedColumns _columns = new();
    private int _foundInPart;
    private int _seen;
    private int _valid;
    private bool _hasWord;

    /// <summary>Where the last number ends.</summary>
    public int End { get; private set; }

    /// <summary>Where the last word of the context begins.</summary>
    public int LastWord { get; private set; } = int.MinValue / 2;

    /// <summary>Whether numbers wait for a word.</summary>
    public bool IsWaiting => _checked.Count > 0 || _listed.Count > 0;

    /// <summary>What the rule says; null where nothing.</summary>
    public Finding? Finding => _found.Count >= rule.Minimum ? rule.Rule.Found($"{_found.Count} different ones") : null;

    /// <summary>Takes what looks like a number.</summary>
    public void Take(ReadOnlySpan<char> text, Found found, ContextReader context, int index)
    {
        if (_found.Count >= PatternRule.MostFound)
        {
            return;
        }

        End = found.Number is null ? End : found.End;
        if (!rule.NeedsContext(found.Certainty))
        {
            _ = found.Number is { } number && _found.Add(number);
            return;
        }

        context.MoveTo(text, found.Start, found.End);
        _seen += found.Certainty == Certainty.Shape ? 0 : 1;
        if (found.Number is not null)
        {
            TakeValid(text, found, found.Number, context.IsNear(index, found.Start, found.End));
        }
    }

    /// <summary>Takes a word of the context.</summary>
    public void TakeWord(ReadOnlySpan<char> text, int start, int end)
    {
        LastWord = start;
        _hasWord = true;
        _columns.TakeWord(text, start, end);
    }

    /// <summary>A part of the message ends: so many numbers in it that one of its words is about them count.</summary>
    public void EndPart()
    {
        if (_hasWord && _checked.Count + _foundInPart >= Several && _valid * Several >= _seen)
        {
            _found.UnionWith(_checked);
        }

        if (_listed.Count + _foundInPart >= Several)
        {
            _found.UnionWith(_listed);
        }

        _checked.Clear();
        _listed.Clear();
        _columns.Clear();
        (_foundInPart, _seen, _valid, _hasWord) = (0, 0, 0, false);
    }

    private void TakeValid(ReadOnlySpan<char> text, Found found, string number, bool isNear)
    {
        _valid += found.Certainty == Certainty.Shape ? 0 : 1;
        bool? isInColumn = isNear ? true : _columns.Has(text, found.Start, found.End);
        if (isInColumn == true)
        {
            _foundInPart += _found.Add(number) ? 1 : 0;
        }
        else if (found.Certainty != Certainty.Shape)
        {
            _ = _checked.Count < PatternRule.MostFound && _checked.Add(number);
        }
        else if (isInColumn is null && _columns.HasHeading && HeadedColumns.IsCell(text, found.Start, found.End))
        {
            _ = _listed.Count < PatternRule.MostFound && _listed.Add(number);
        }
    }
}
