using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>An action that answers who sent a message: where the owner sends it, it does nothing.</summary>
internal sealed class IncomingActionNode(SourceSpan span, Func<FilterRun, FilterEffect> effect) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (run.IsOutgoing)
        {
            if (run.Acts)
            {
                run.Trace?.Note(Span, "The owner is sending this message; nobody is answered.");
            }
        }
        else
        {
            run.Act(effect(run), Span);
        }

        return Flow.Next;
    }
}
