using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>What comes after a command.</summary>
internal enum Flow
{
    Next,
    Break,
    Return,
    Stop,
}

/// <summary>A compiled control or action. It has no state.</summary>
internal abstract class CommandNode(SourceSpan span)
{
    public SourceSpan Span => span;

    /// <summary>The rule that this command is, or null.</summary>
    public FilterRule? Rule { get; set; }

    public Flow Execute(FilterRun run)
    {
        if (!run.Charge(1, span))
        {
            return Flow.Stop;
        }

        if (Rule is not null)
        {
            run.Enter(Rule);
        }

        var flow = Perform(run);
        return run.IsHalted ? Flow.Stop : flow;
    }

    /// <summary>Runs commands in order up to the first that stops.</summary>
    public static Flow ExecuteAll(ImmutableArray<CommandNode> commands, FilterRun run)
    {
        foreach (var command in commands)
        {
            if (command.Execute(run) is not Flow.Next and var flow)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    /// <summary>Predicates of the script's index of which one holds wherever the command does anything; null: nothing is certain.</summary>
    public virtual Guard? Guard => null;

    protected abstract Flow Perform(FilterRun run);
}

/// <summary>stop.</summary>
internal sealed class StopNode(SourceSpan span) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (!run.Acts)
        {
            return Flow.Next;
        }

        run.Acted(Span);
        return Flow.Stop;
    }
}

/// <summary>An action: makes its effect; none where a value of it was faulty.</summary>
internal sealed class ActionNode(SourceSpan span, Func<FilterRun, FilterEffect?> effect) : CommandNode(span)
{
    /// <summary>Whether the script ends with it.</summary>
    public bool Stops { get; init; }

    protected override Flow Perform(FilterRun run)
    {
        if (!run.Acts)
        {
            return Flow.Next;
        }

        if (Rule is not null)
        {
            run.Hit(Rule, condition: null);
        }

        if (effect(run) is { } made)
        {
            run.Act(made, Span);
        }

        return Stops ? Flow.Stop : Flow.Next;
    }
}

/// <summary>A chain of if, elsif and else.</summary>
internal sealed class ChainNode(SourceSpan span, ImmutableArray<ChainBranch> branches) : CommandNode(span)
{
    public override Guard? Guard =>
        branches.All(branch => branch.Test is { IsPure: true }) ? Evaluation.Guard.AnyOf(branches.Select(branch => branch.Test!.Guard)) : null;

    protected override Flow Perform(FilterRun run)
    {
        var opened = false;
        foreach (var (test, block) in branches)
        {
            var outcome = test is null || test.Test(run);
            if (run.IsHalted)
            {
                return Flow.Stop;
            }

            opened |= run.IsOutgoing && !run.IsOpen && test is not null && test.Opens(run, outcome);
            if (outcome)
            {
                return Take(run, test?.Span, block, opened);
            }
        }

        return Flow.Next;
    }

    private Flow Take(FilterRun run, SourceSpan? condition, ImmutableArray<CommandNode> block, bool opened)
    {
        if (Rule is null)
        {
            var outer = run.EnterBranch(Span, condition);
            var flow = ExecuteBlock(run, block, opened);
            run.LeaveBranch(outer);
            return flow;
        }

        if (run.Acts || opened)
        {
            run.Hit(Rule, condition);
        }

        return ExecuteBlock(run, block, opened);
    }

    private static Flow ExecuteBlock(FilterRun run, ImmutableArray<CommandNode> block, bool opened)
    {
        var before = run.IsOpen;
        run.IsOpen |= opened;
        var flow = ExecuteAll(block, run);
        run.IsOpen = before;
        return flow;
    }
}

/// <summary>One branch; else has no test.</summary>
internal readonly record struct ChainBranch(TestNode? Test, ImmutableArray<CommandNode> Block);
