using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Dlp.Rules;

/// <summary>Numbers of a kind, so many different ones of which are a finding.</summary>
/// <param name="Rule">Name, action, points.</param>
/// <param name="Kind">Finds and checks them.</param>
/// <param name="Minimum">How many different ones.</param>
/// <param name="Context">Words of which one must stand near, in lower case where the settings give them; none: no matter what stands near.</param>
internal sealed record PatternRule(RuleSettings Rule, PatternKind Kind, int Minimum, ImmutableArray<string> Context)
{
    /// <summary>So many are counted.</summary>
    public const int MostFound = 10_000;

    // What the kind itself asks for, its sure forms do without; what the settings ask for, none does.
    private readonly bool _isOwnContext = !Context.AsSpan().SequenceEqual(Kind.Context.AsSpan());

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
            context.SequenceEqual(kind.Context) ? kind.Context : [.. context.Select(word => word.ToLowerInvariant())]);
    }

    /// <summary>Whether a number counts only with one of the words.</summary>
    public bool NeedsContext(Certainty certainty) => !Context.IsEmpty && (_isOwnContext || certainty != Certainty.Sure);
}
