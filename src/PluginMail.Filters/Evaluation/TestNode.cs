using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// A compiled test. It has no state. In an outgoing message a test also says whether what it guards is open to outgoing
/// mail: true because of a direction test.
/// </summary>
internal abstract class TestNode(SourceSpan span)
{
    public SourceSpan Span => span;

    /// <summary>Whether it asks for the envelope and nothing else; where there is none it is an error of the run (RFC 6785 4.6).</summary>
    public bool NeedsEnvelope { get; set; }

    /// <summary>Evaluates the test, counts it and notes it in the trace.</summary>
    public bool Test(FilterRun run)
    {
        if (!run.Charge(1, span))
        {
            return false;
        }

        if (NeedsEnvelope && run.IsOnEvent)
        {
            run.Fail(FilterCodes.WrongOccasion, "The envelope cannot be tested on an IMAP event: the message has none.", span);
            return false;
        }

        if (run.Trace is null)
        {
            return Evaluate(run);
        }

        var entry = run.Trace.Enter(span);
        var outcome = Evaluate(run);
        run.Trace.Leave(entry, outcome);
        return outcome;
    }

    /// <summary>Whether its answer may have to be fetched.</summary>
    public virtual bool Waits => false;

    /// <summary>Whether, the test having that outcome for an outgoing message, a direction test is among its reasons.</summary>
    public virtual bool Opens(FilterRun run, bool outcome) => false;

    /// <summary>Predicates of the script's index of which one holds wherever the test is true; null: nothing is certain.</summary>
    public virtual Guard? Guard => null;

    /// <summary>Whether evaluating it leaves nothing behind, so that it need not be evaluated where its outcome is known.</summary>
    public virtual bool IsPure => false;

    protected abstract bool Evaluate(FilterRun run);
}

/// <summary>true and false.</summary>
internal sealed class ConstantNode(SourceSpan span, bool value) : TestNode(span)
{
    public override Guard? Guard => value ? null : Evaluation.Guard.Never;

    public override bool IsPure => true;

    protected override bool Evaluate(FilterRun run) => value;
}

/// <summary>not.</summary>
internal sealed class NotNode(SourceSpan span, TestNode inner) : TestNode(span)
{
    public override bool IsPure => inner.IsPure;

    public override bool Opens(FilterRun run, bool outcome) => inner.Opens(run, !outcome);

    protected override bool Evaluate(FilterRun run) => !inner.Test(run);
}

/// <summary>allof; it ends at the first test that is false.</summary>
internal sealed class AllOfNode(SourceSpan span, ImmutableArray<TestNode> tests) : TestNode(span)
{
    /// <summary>The rarest of the tests' guards: all of them must be true.</summary>
    public override Guard? Guard => tests.Select(test => test.Guard).Where(guard => guard is not null).MinBy(guard => guard!.Weight);

    public override bool IsPure => tests.All(test => test.IsPure);

    public override bool Opens(FilterRun run, bool outcome)
    {
        foreach (var test in tests)
        {
            // True: one reason is enough. False: each test that is false is a reason of its own.
            if ((outcome || !test.Test(run)) && test.Opens(run, outcome))
            {
                return true;
            }
        }

        return false;
    }

    protected override bool Evaluate(FilterRun run)
    {
        foreach (var test in tests)
        {
            if (!test.Test(run))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>anyof; it ends at the first test that is true.</summary>
internal sealed class AnyOfNode(SourceSpan span, ImmutableArray<TestNode> tests) : TestNode(span)
{
    public override Guard? Guard => Evaluation.Guard.AnyOf(tests.Select(test => test.Guard));

    public override bool IsPure => tests.All(test => test.IsPure);

    public override bool Opens(FilterRun run, bool outcome)
    {
        foreach (var test in tests)
        {
            if ((!outcome || test.Test(run)) && test.Opens(run, outcome))
            {
                return true;
            }
        }

        return false;
    }

    protected override bool Evaluate(FilterRun run)
    {
        foreach (var test in tests)
        {
            if (test.Test(run))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>direction: true where the message goes one of the ways; it opens what it guards to outgoing mail.</summary>
internal sealed class DirectionNode(SourceSpan span, bool incoming, bool outgoing) : TestNode(span)
{
    public override bool IsPure => true;

    public override bool Opens(FilterRun run, bool outcome) => outcome == outgoing;

    protected override bool Evaluate(FilterRun run) => run.IsOutgoing ? outgoing : incoming;
}

/// <summary>exists: all of the headers are there.</summary>
internal sealed class ExistsNode(SourceSpan span, ImmutableArray<StringExpression> names) : TestNode(span)
{
    public override bool IsPure => true;

    protected override bool Evaluate(FilterRun run)
    {
        foreach (var name in names)
        {
            if (!run.Input.Message.HasHeader(name.Text(run)))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>size.</summary>
internal sealed class SizeNode(SourceSpan span, bool over, long limit) : TestNode(span)
{
    public bool IsOver => over;

    public long Limit => limit;

    /// <summary>Its place in the script's index, or null.</summary>
    public Predicate? Predicate { get; set; }

    public override Guard? Guard => Predicate is null ? null : new([Predicate.Number], Predicate.Weight);

    public override bool IsPure => true;

    protected override bool Evaluate(FilterRun run)
    {
        var size = run.Input.Message.Size;
        run.Trace?.Saw(new TextValue($"{size}"));
        return over ? size > limit : size < limit;
    }
}
