using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Checking;

/// <summary>Gathers the findings of one compilation, bounded in number; one place gets one syntax error.</summary>
internal sealed class DiagnosticBag(int limit)
{
    private const int LongestMessage = 400;
    private readonly List<Diagnostic> _items = [];

    /// <summary>Whether an error was found.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>How many findings there were so far, those beyond the limit as well.</summary>
    public int Count => _items.Count + Dropped;

    /// <summary>Whether a finding of that code is there.</summary>
    public bool Has(string code) => _items.Exists(item => item.Code == code);

    /// <summary>Whether the script has errors and no more findings are taken, so that looking for more is in vain.</summary>
    public bool IsFull => HasErrors && _items.Count >= limit;

    /// <summary>Findings beyond the limit.</summary>
    public int Dropped { get; private set; }

    /// <summary>Adds a finding; its severity follows from its code.</summary>
    public void Add(
        string code, SourceSpan span, string message, TextEdit? fix = null, ImmutableArray<RelatedSpan> related = default,
        ImmutableArray<string> notes = default)
    {
        var severity = FilterCodes.SeverityOf(code);
        HasErrors |= severity == DiagnosticSeverity.Error;
        if (_items.Count >= limit)
        {
            Dropped++;
            var warning = _items.FindLastIndex(item => item.Severity == DiagnosticSeverity.Warning);
            if (severity == DiagnosticSeverity.Warning || warning < 0)
            {
                return;
            }

            // An error is worth more than a warning: a script that cannot run must say why.
            _items.RemoveAt(warning);
        }

        _items.Add(new(code, severity, OneLine(message), span)
        {
            Fix = fix is null ? null : fix with { IsCertain = fix.IsCertain && FilterCodes.IsFixCertain(code) },
            Related = related.IsDefault ? [] : related,
            Notes = notes.IsDefault ? [] : notes,
        });
    }

    /// <summary>A message quotes what stands in the script; it stays one line of bounded length whatever that is.</summary>
    private static string OneLine(string message)
    {
        if (message.AsSpan().ContainsAnyInRange('\0', '\x1F'))
        {
            message = string.Concat(message.Replace("\r\n", "␤", StringComparison.Ordinal).Select(
                character => character < ' ' ? (char)(0x2400 + character) : character));
        }

        return message.Length <= LongestMessage ? message : string.Concat(message.AsSpan(0, LongestMessage - 1), "…");
    }

    /// <summary>The findings in the order of their places.</summary>
    public ImmutableArray<Diagnostic> ToImmutable() => [.. _items.OrderBy(item => item.Span.Start).ThenBy(item => item.Code)];
}
