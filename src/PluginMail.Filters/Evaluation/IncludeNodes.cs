using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>include (RFC 6609 3.2). What is not open to outgoing mail here may be so inside of the script.</summary>
internal sealed class IncludeNode(SourceSpan span, ScriptReference script, bool once, bool optional) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run) => run.Include(script, once, optional, Span);
}

/// <summary>return (RFC 6609 3.3).</summary>
internal sealed class ReturnNode(SourceSpan span) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run) => run.Acts ? Flow.Return : Flow.Next;
}

/// <summary>global (RFC 6609 3.4.1).</summary>
internal sealed class GlobalNode(SourceSpan span, ImmutableArray<string> names) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        foreach (var name in names)
        {
            if (!run.Variables.Share(name, run.Globals))
            {
                run.Fail(FilterCodes.BadVariable, $"The variable `{name}` was set before it was declared global.", Span);
                return Flow.Stop;
            }
        }

        return Flow.Next;
    }
}
