using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>Gathers a trace, bounded in entries and in the length of each text.</summary>
internal sealed class FilterTrace(SourceText text)
{
    private const int MostEntries = 10_000;
    private const int LongestText = 200;
    private const int LongestSlice = 4 * LongestText;
    private List<FilterTraceEntry> _entries = [];
    private int _depth;
    private string? _value;

    /// <summary>The same trace for another script of the run.</summary>
    public FilterTrace Of(SourceText other) => new(other) { _entries = _entries, _depth = _depth };

    /// <summary>A test begins; the answer is handed to <see cref="Leave"/>.</summary>
    public int Enter(SourceSpan test)
    {
        _depth++;
        return Add(TraceKind.Test, test, text.Slice(new(test.Start, Math.Min(test.Length, LongestSlice))));
    }

    public void Leave(int entry, bool outcome)
    {
        _depth--;
        if (entry >= 0)
        {
            _entries[entry] = _entries[entry] with { Outcome = outcome, Value = _value };
        }

        _value = null;
    }

    /// <summary>The value that a test looks at.</summary>
    public void Saw(TextValue value) => _value = Cut(System.Text.Encoding.UTF8.GetString(value.Octets.AsSpan(0, Math.Min(value.Octets.Length, LongestSlice))));

    public void Act(SourceSpan command, FilterEffect action) => Add(TraceKind.Action, command, action.ToString());

    public void Change(SourceSpan command, MessageChange change) => Add(TraceKind.Action, command, change.ToString());

    public void Note(SourceSpan command, string remark) => Add(TraceKind.Note, command, remark);

    public void Enter(FilterRule rule) => Add(TraceKind.Rule, rule.Span, rule.Name);

    public ImmutableArray<FilterTraceEntry> ToImmutable(IReadOnlyList<string> notes) =>
        [.. _entries, .. notes.Select(note => new FilterTraceEntry(TraceKind.Note, 0, 0, Cut(note)))];

    private static string Cut(string value) => value.Length <= LongestText ? value : string.Concat(value.AsSpan(0, LongestText - 1), "…");

    private int Add(TraceKind kind, SourceSpan at, string what)
    {
        if (_entries.Count >= MostEntries)
        {
            return -1;
        }

        _entries.Add(new(kind, text.PositionOf(at.Start).Line, Math.Max(0, _depth - 1), Cut(what)) { Script = text.Name });
        return _entries.Count - 1;
    }
}
