using System.Security.Cryptography;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A rule of a script: an if with its elsif and else, or an action, at the top level; any other command there where a comment of a script client
/// names it.
/// </summary>
public sealed class FilterRule
{
    private const int HashedOctets = 8;
    private readonly SourceText _text;
    private string? _id;

    internal FilterRule(string? name, SourceText text, SourceSpan span)
    {
        _text = text;
        Line = text.LineOf(span.Start);
        Span = span;
        IsNamed = name is not null;
        Name = name ?? $"line {Line}";
    }

    /// <summary>What a comment above it says, without the client's marker; "line 12" where there is none.</summary>
    public string Name { get; }

    /// <summary>The line on which it begins, from 1.</summary>
    public int Line { get; }

    /// <summary>The whole chain.</summary>
    public SourceSpan Span { get; }

    /// <summary>Whether a comment names it.</summary>
    public bool IsNamed { get; }

    /// <summary>
    /// What the rule is known by as long as its own octets stay as they are, wherever in the script it stands and whatever it is called: 16 hexadecimal
    /// digits of their SHA-256.
    /// </summary>
    public string Id => _id ??= Convert.ToHexStringLower(SHA256.HashData(_text.Octets.Slice(Span.Start, Span.Length)).AsSpan(0, HashedOctets));
}

/// <summary>A rule that did something about a message: a branch of it was taken, or its action.</summary>
/// <param name="Filter">The rule's script.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Condition">The innermost test that held and led to what was done; null for an else and for what is no if.</param>
public sealed record FilterHit(CompiledFilter Filter, FilterRule Rule, SourceSpan? Condition)
{
    private const int LongestCondition = 120;

    /// <summary>The line of the innermost if that led to what was done; the rule's own where there is none inside.</summary>
    public int Line { get; init; } = Rule.Line;

    /// <summary>The test as it is written, on one line and cut to a bounded length; null where there is none.</summary>
    public string? ConditionText => Condition is not { } span ? null
        : string.Join(' ', Filter.Text.Slice(new(span.Start, Math.Min(span.Length, 4 * LongestCondition))).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is var text
            && text.Length <= LongestCondition ? text : string.Concat(text.AsSpan(0, LongestCondition - 1), "…");
}
