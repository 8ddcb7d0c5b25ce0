using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>An action that changes the message for all that follows.</summary>
internal sealed class ChangeNode(SourceSpan span, Func<FilterRun, MessageChange> change) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (run.Acts)
        {
            run.Change(change(run), Span);
        }

        return run.IsHalted ? Flow.Stop : Flow.Next;
    }
}
