namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Finds many literals in one pass (Aho and Corasick, 1975). States are numbered breadth first, so that the children of one
/// lie side by side: thirteen octets a state. The shallow states, in which text mostly stays, have a full row of transitions.
/// </summary>
internal sealed class LiteralAutomaton
{
    private const int MostDenseStates = 1024;
    private const int MostDenseCells = 64 * 1024;
    private readonly List<byte> _label = [0];
    private readonly List<int> _firstChild = [];
    private readonly List<int> _literalOf = [];
    private readonly byte[] _classOf = new byte[256];
    private readonly byte[] _labels;
    private readonly int[] _children;
    private readonly int[] _literals;
    private readonly int[] _fail;
    private readonly int[] _firstHit;
    private readonly int[] _dense;
    private readonly int _classes;
    private readonly int _denseStates;

    /// <summary>Builds the automaton; a literal is known by its index.</summary>
    /// <param name="literals">Sorted by octets, distinct, none of them empty; at most 255 different octets may go unused.</param>
    public LiteralAutomaton(IReadOnlyList<byte[]> literals)
    {
        AddStates(literals);
        _labels = [.. _label];
        _children = [.. _firstChild, _labels.Length];
        _literals = [.. _literalOf];
        _fail = new int[_labels.Length];
        _firstHit = new int[_labels.Length];
        Link();
        _classes = Classify();
        _denseStates = Math.Min(_labels.Length, Math.Clamp(MostDenseCells / _classes, 1, MostDenseStates));
        _dense = new int[_denseStates * _classes];
        FillDense();
        _label = [];
        _firstChild = [];
        _literalOf = [];
    }

    /// <summary>The start state.</summary>
    public const int Start = 0;

    /// <summary>The state after one more octet.</summary>
    public int Next(int state, byte octet)
    {
        while (state >= _denseStates)
        {
            for (var child = _children[state]; child < _children[state + 1]; child++)
            {
                if (_labels[child] == octet)
                {
                    return child;
                }
            }

            state = _fail[state];
        }

        return _dense[(state * _classes) + _classOf[octet]];
    }

    /// <summary>The first state, this or one of its suffixes, in which a literal ends; 0: none.</summary>
    public int FirstHit(int state) => _firstHit[state];

    /// <summary>The literal that ends in such a state.</summary>
    public int LiteralAt(int hit) => _literals[hit];

    /// <summary>The next such state among the suffixes; 0: none.</summary>
    public int NextHit(int hit) => _firstHit[_fail[hit]];

    /// <summary>Each state stands for the literals of a range that share a prefix.</summary>
    private void AddStates(IReadOnlyList<byte[]> literals)
    {
        var ranges = new Queue<(int From, int To, int Depth)>();
        ranges.Enqueue((0, literals.Count, 0));
        while (ranges.TryDequeue(out var range))
        {
            var (from, to, depth) = range;
            var ends = from < to && literals[from].Length == depth;
            _literalOf.Add(ends ? from : -1);
            _firstChild.Add(_label.Count);
            from += ends ? 1 : 0;
            while (from < to)
            {
                var octet = literals[from][depth];
                var end = from + 1;
                while (end < to && literals[end][depth] == octet)
                {
                    end++;
                }

                _label.Add(octet);
                ranges.Enqueue((from, end, depth + 1));
                from = end;
            }
        }
    }

    private void Link()
    {
        for (var state = 0; state < _labels.Length; state++)
        {
            _firstHit[state] = _literals[state] >= 0 ? state : _firstHit[_fail[state]];
            for (var child = _children[state]; child < _children[state + 1]; child++)
            {
                _fail[child] = state == 0 ? 0 : Follow(_fail[state], _labels[child]);
            }
        }
    }

    private int Follow(int state, byte octet)
    {
        while (true)
        {
            for (var child = _children[state]; child < _children[state + 1]; child++)
            {
                if (_labels[child] == octet)
                {
                    return child;
                }
            }

            if (state == 0)
            {
                return 0;
            }

            state = _fail[state];
        }
    }

    /// <summary>Octets that stand in no literal share a class.</summary>
    private int Classify()
    {
        var used = new bool[256];
        foreach (var octet in _labels.AsSpan(1))
        {
            used[octet] = true;
        }

        var classes = 1;
        for (var octet = 0; octet < 256; octet++)
        {
            _classOf[octet] = used[octet] && classes < 256 ? (byte)classes++ : (byte)0;
        }

        return classes;
    }

    private void FillDense()
    {
        for (var state = 0; state < _denseStates; state++)
        {
            var row = _dense.AsSpan(state * _classes, _classes);
            if (state > 0)
            {
                _dense.AsSpan(_fail[state] * _classes, _classes).CopyTo(row);
            }

            for (var child = _children[state]; child < _children[state + 1]; child++)
            {
                row[_classOf[_labels[child]]] = child;
            }
        }
    }
}
