using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Evaluation;

/// <summary>set: it has no effect on the message, so that it works outside of direction tests too.</summary>
internal sealed class SetNode(
    SourceSpan span, string name, StringExpression value, ImmutableArray<SetModifier> modifiers,
    Func<FilterRun, string, ReadOnlyMemory<byte>, bool>? setInNamespace) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        var octets = value.Evaluate(run);
        foreach (var modifier in modifiers)
        {
            octets = modifier.Apply(octets);
        }

        if (!run.Charge(1 + (octets.Length >> 8), Span))
        {
            return Flow.Stop;
        }

        if (!(setInNamespace?.Invoke(run, name, octets) ?? run.Variables.Set(name, octets)))
        {
            run.Fail(FilterCodes.TooMuchMemory, "The script's variables together became too large.", Span);
        }

        return Flow.Next;
    }
}
