namespace PluginMail.Filters.Evaluation;

/// <summary>All limits of size tests, sorted.</summary>
internal sealed class SizeGroup : PredicateGroup
{
    private readonly (long Limit, int Predicate)[] _over;
    private readonly (long Limit, int Predicate)[] _under;

    public SizeGroup(IReadOnlyList<(SizeNode Node, int Predicate)> tests)
    {
        _over = [.. tests.Where(test => test.Node.IsOver).Select(test => (test.Node.Limit, test.Predicate)).OrderBy(test => test.Limit)];
        _under = [.. tests.Where(test => !test.Node.IsOver).Select(test => (test.Node.Limit, test.Predicate)).OrderByDescending(test => test.Limit)];
    }

    public override bool IsCheap => true;

    public override void Scan(FilterRun run, PredicateBits hits)
    {
        var size = run.Input.Message.Size;
        for (var i = 0; i < _over.Length && _over[i].Limit < size; i++)
        {
            hits.Set(_over[i].Predicate);
        }

        for (var i = 0; i < _under.Length && _under[i].Limit > size; i++)
        {
            hits.Set(_under[i].Predicate);
        }
    }
}
