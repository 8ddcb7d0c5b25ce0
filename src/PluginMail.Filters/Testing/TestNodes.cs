using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Testing;

/// <summary>test: one test of a file.</summary>
internal sealed class TestBlockNode(
    SourceSpan span, StringExpression name, ImmutableArray<CommandNode> block, Func<FilterRun, TestEnvironment> environmentOf) : CommandNode(span)
{
    /// <summary>The loop that test_fail leaves; no loop of a script has this name.</summary>
    public const string Loop = "\0test";

    protected override Flow Perform(FilterRun run)
    {
        var environment = environmentOf(run);
        var title = name.Text(run);
        environment.Failure = null;
        run.EnterLoop(Loop);
        var flow = run.LeaveLoop(ExecuteAll(block, run));
        if (run.Question is not null)
        {
            return Flow.Stop;
        }

        if (run.TakeError() is { } error)
        {
            environment.Failure ??= $"line {error.Line}: {error.Message}";
            flow = Flow.Next;
        }

        environment.Outcomes.Add(new(title, run.LineOf(Span), environment.Failure));
        return flow;
    }
}

/// <summary>test_fail: the enclosing test has failed and is left.</summary>
internal sealed class TestFailNode(SourceSpan span, StringExpression reason, Func<FilterRun, TestEnvironment> environmentOf) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (!run.Break(TestBlockNode.Loop))
        {
            run.Fail(FilterCodes.FaultyWord, $"`test_fail` stands outside of all tests: {reason.Text(run)}", Span);
            return Flow.Stop;
        }

        environmentOf(run).Failure ??= $"line {run.LineOf(Span)}: {reason.Text(run)}";
        return Flow.Break;
    }
}

/// <summary>A command that does something with the environment.</summary>
internal sealed class EnvironmentCommandNode(
    SourceSpan span, Func<FilterRun, TestEnvironment> environmentOf, Func<FilterRun, TestEnvironment, string?> act) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (act(run, environmentOf(run)) is { } fault)
        {
            run.Fail(FilterCodes.FaultyWord, fault, Span);
        }

        return Flow.Next;
    }
}

/// <summary>A test that does something with the environment and says how it went.</summary>
internal sealed class EnvironmentTestNode(
    SourceSpan span, Func<FilterRun, TestEnvironment> environmentOf, Func<FilterRun, TestEnvironment, bool> test) : TestNode(span)
{
    protected override bool Evaluate(FilterRun run) => test(run, environmentOf(run));
}
