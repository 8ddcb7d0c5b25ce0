using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>:count (RFC 5231 4.2): the number of values of all sources together is compared with the keys.</summary>
internal sealed class CountNode(
    SourceSpan span, ImmutableArray<ValueReader> readers, MatchKeys keys, Comparator comparator, bool countsEmpty) : TestNode(span)
{
    public override bool Waits => readers.Any(reader => reader.Waits);

    protected override bool Evaluate(FilterRun run)
    {
        var count = 0;
        foreach (var reader in readers)
        {
            foreach (var value in reader.Read(run))
            {
                count += countsEmpty || value.Octets.Length > 0 ? 1 : 0;
            }
        }

        var number = new TextValue(count.ToString(CultureInfo.InvariantCulture));
        run.Trace?.Saw(number);
        return number.Folded(comparator) is { } folded && keys.For(run).Any(key => key.Matches(number, folded));
    }
}

/// <summary>:value (RFC 5231 4.1): the value stands on the left of the relation, the key on its right.</summary>
internal sealed class RelationKey(byte[] key, Comparator comparator, string relation) : KeyMatcher(key)
{
    public override byte[] Literal => [];

    public override bool Matches(ReadOnlySpan<byte> value)
    {
        var order = comparator.Compare(value, Key);
        return relation switch
        {
            "gt" => order > 0,
            "ge" => order >= 0,
            "lt" => order < 0,
            "le" => order <= 0,
            "eq" => order == 0,
            _ => order != 0,
        };
    }
}
