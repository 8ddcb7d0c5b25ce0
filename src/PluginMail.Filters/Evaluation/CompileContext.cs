using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Evaluation;

/// <summary>Turns bound words into nodes, and gives each distinct source of values one slot.</summary>
internal sealed class CompileContext(FilterVocabulary vocabulary, IReadOnlyList<FilterRule> rules, bool capturesMatches = false)
{
    private readonly bool _capturesMatches = capturesMatches;
    private readonly Dictionary<ValueSource, int> _slots = [];
    private readonly List<TestNode> _tests = [];
    private readonly Dictionary<int, FilterRule> _rules = rules.ToDictionary(rule => rule.Span.Start);

    /// <summary>The sources in the order of their slots.</summary>
    public ImmutableArray<ValueSource> Sources => [.. _slots.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    /// <summary>The scripts that are included.</summary>
    public List<ScriptReference> Includes { get; } = [];

    /// <summary>The rows.</summary>
    public FilterVocabulary Vocabulary => vocabulary;

    /// <summary>Fields that no script removes (RFC 5293 6).</summary>
    public required ImmutableHashSet<string> ProtectedFields { get; init; }

    /// <summary>All tests, those inside of others too.</summary>
    public IReadOnlyList<TestNode> AllTests => _tests;

    /// <summary>Whether one of the tests may have to wait for a plugin's answer or the host's.</summary>
    public bool AsksPlugins { get; private set; }

    /// <summary>Whether one of the tests is direction, without which no outgoing mail is seen.</summary>
    public bool SeesOutgoing { get; private set; }

    /// <summary>Whether one of the tests asks for the envelope.</summary>
    public bool NeedsEnvelope { get; private set; }

    /// <summary>The node of a test.</summary>
    public TestNode Test(BoundWord word)
    {
        var node = word.Word.CompileTest!(word, this);
        _tests.Add(node);
        node.NeedsEnvelope = word.Word.NeedsEnvelope(word);
        NeedsEnvelope |= node.NeedsEnvelope;
        AsksPlugins |= node.Waits;
        SeesOutgoing |= node is DirectionNode;
        return node;
    }

    /// <summary>The nodes of several tests.</summary>
    public ImmutableArray<TestNode> Tests(ImmutableArray<BoundWord> words) => [.. words.Select(Test)];

    /// <summary>The nodes of a block; an if chain becomes one.</summary>
    public ImmutableArray<CommandNode> Commands(ImmutableArray<BoundWord> words)
    {
        if (words.IsEmpty)
        {
            return [];
        }

        var nodes = ImmutableArray.CreateBuilder<CommandNode>(words.Length);
        for (var i = 0; i < words.Length; i++)
        {
            var node = words[i].Word.Chain == ChainRole.Start ? Chain(words, ref i) : words[i].Word.CompileCommand?.Invoke(words[i], this);
            if (node is not null)
            {
                node.Rule = _rules.GetValueOrDefault(node.Span.Start);
                nodes.Add(node);
            }
        }

        return nodes.DrainToImmutable();
    }

    /// <summary>The envelope part of a name that the checker has accepted.</summary>
    public EnvelopePart EnvelopePart(string name) =>
        vocabulary.EnvelopeParts.First(part => part.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A match of the values that the names stand for.</summary>
    public TestNode Match(
        BoundWord word, ImmutableArray<StringExpression> keys, ImmutableArray<StringExpression> names,
        Func<string, ImmutableArray<ValueSource>> sourcesOf) =>
        Match(word, keys, names is [{ IsConstant: true } only] && sourcesOf(only.Constant) is [var source]
            ? [Reader(source)]
            : [.. names.SelectMany(name => ReadersOf(name, sourcesOf))]);

    /// <summary>A match of values against keys, as the word's match type and comparator say.</summary>
    public TestNode Match(BoundWord word, ImmutableArray<StringExpression> keys, ImmutableArray<ValueSource> sources) =>
        Match(word, keys, [.. sources.Select(Reader)]);

    /// <inheritdoc cref="Match(BoundWord, ImmutableArray{StringExpression}, ImmutableArray{ValueSource})"/>
    public TestNode Match(BoundWord word, ImmutableArray<StringExpression> keys, ImmutableArray<ValueReader> readers)
    {
        readers = readers.Length == 1 ? readers : [.. readers.DistinctBy(reader => reader is SlotReader slot ? slot.Slot : (object)reader)];
        if (word.MatchType!.CompileTest is { } compile)
        {
            return compile(new(word, keys, readers), this);
        }

        return new MatchNode(word.Span, readers, word.Comparator!, new(word, keys), word.Has("every"))
        {
            Captures = _capturesMatches && word.MatchType.Captures && !word.Word.SetsNoMatchVariables,
        };
    }

    /// <summary>Reads a source.</summary>
    public ValueReader Reader(ValueSource source) => new SlotReader(SlotOf(source));

    /// <summary>Reads what a name stands for, a name made of variables as well.</summary>
    public IEnumerable<ValueReader> ReadersOf(StringExpression name, Func<string, ImmutableArray<ValueSource>> sourcesOf) =>
        name.IsConstant
            ? sourcesOf(name.Constant).Select(Reader)
            : [new RunReader(run => [.. sourcesOf(name.Text(run)).SelectMany(run.Input.Read)])];

    private ChainNode Chain(ImmutableArray<BoundWord> words, ref int index)
    {
        var first = words[index];
        var branches = ImmutableArray.CreateBuilder<ChainBranch>(1);
        branches.Add(Branch(first));
        while (index + 1 < words.Length && words[index + 1].Word.Chain is ChainRole.Continue or ChainRole.End)
        {
            branches.Add(Branch(words[++index]));
        }

        return new(SourceSpan.Between(first.Span.Start, words[index].Span.End), branches.DrainToImmutable());
    }

    private ChainBranch Branch(BoundWord word) =>
        new(word.Tests.IsEmpty ? null : Test(word.Tests[0]), Commands(word.Block));

    private int SlotOf(ValueSource source)
    {
        if (!_slots.TryGetValue(source, out var slot))
        {
            slot = _slots.Count;
            _slots.Add(source, slot);
        }

        return slot;
    }
}
