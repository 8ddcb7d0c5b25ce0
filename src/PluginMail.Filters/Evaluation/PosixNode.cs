using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>A regular expression as a tree, for <see cref="PosixGroups"/>; each node is there once, so that it can stand for itself in a table.</summary>
internal abstract class PosixNode
{
    /// <summary>One character.</summary>
    public sealed class Character(Func<char, bool> matches) : PosixNode
    {
        public bool Matches(char character) => matches(character);
    }

    /// <summary>^ or $, or nothing at all.</summary>
    public sealed class Place(bool atBeginning, bool atEnd) : PosixNode
    {
        public bool Holds(int at, int length) => (!atBeginning || at == 0) && (!atEnd || at == length);
    }

    /// <summary>One, and then the other.</summary>
    public sealed class Pair(PosixNode head, PosixNode tail) : PosixNode
    {
        public PosixNode Head => head;

        public PosixNode Tail => tail;
    }

    /// <summary>One of several.</summary>
    public sealed class Choice(ImmutableArray<PosixNode> branches) : PosixNode
    {
        public ImmutableArray<PosixNode> Branches => branches;
    }

    /// <summary>A group with its number, and the last one inside of it.</summary>
    public sealed class Group(int number, PosixNode body) : PosixNode
    {
        public int Number => number;

        public PosixNode Body => body;
    }

    /// <summary>A number of repetitions; groups from the first to before the last number are inside.</summary>
    public sealed class Repeat(PosixNode body, int least, int most, int firstGroup, int endOfGroups) : PosixNode
    {
        private Repeat? _rest;

        public PosixNode Body => body;

        public int Least => least;

        public int Most => most;

        public int FirstGroup => firstGroup;

        public int EndOfGroups => endOfGroups;

        /// <summary>What follows one repetition.</summary>
        public Repeat Rest => least == 0 && most == int.MaxValue ? this
            : _rest ??= new(body, Math.Max(0, least - 1), most == int.MaxValue ? most : most - 1, firstGroup, endOfGroups);
    }

    /// <summary>Reads an expression that <see cref="PosixRegex"/> has found to be one.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="foldsAscii">Whether the case of ASCII letters does not count.</param>
    /// <param name="foldsUnicode">Whether that of all letters does not.</param>
    /// <param name="groups">The number of groups.</param>
    public static PosixNode Read(string pattern, bool foldsAscii, bool foldsUnicode, out int groups)
    {
        var reader = new Reader(pattern, foldsAscii, foldsUnicode);
        var node = reader.Alternatives();
        groups = reader.Groups;
        return node;
    }

    private sealed class Reader(string pattern, bool foldsAscii, bool foldsUnicode)
    {
        private static readonly Place Nothing = new(atBeginning: false, atEnd: false);
        private int _at;

        public int Groups { get; private set; }

        public PosixNode Alternatives()
        {
            var branches = ImmutableArray.CreateBuilder<PosixNode>();
            branches.Add(Sequence());
            while (_at < pattern.Length && pattern[_at] == '|')
            {
                _at++;
                branches.Add(Sequence());
            }

            return branches.Count == 1 ? branches[0] : new Choice(branches.ToImmutable());
        }

        private PosixNode Sequence()
        {
            var pieces = new List<PosixNode>();
            while (_at < pattern.Length && pattern[_at] is not ('|' or ')'))
            {
                pieces.Add(Piece());
            }

            PosixNode node = pieces.Count == 0 ? Nothing : pieces[^1];
            for (var i = pieces.Count - 2; i >= 0; i--)
            {
                node = new Pair(pieces[i], node);
            }

            return node;
        }

        private PosixNode Piece()
        {
            var firstGroup = Groups + 1;
            var node = Atom();
            while (_at < pattern.Length && (pattern[_at] is '*' or '+' or '?' || (pattern[_at] == '{' && _at + 1 < pattern.Length && char.IsAsciiDigit(pattern[_at + 1]))))
            {
                var (least, most) = pattern[_at++] switch
                {
                    '*' => (0, int.MaxValue),
                    '+' => (1, int.MaxValue),
                    '?' => (0, 1),
                    _ => Bounds(),
                };
                node = new Repeat(node, least, most, firstGroup, Groups + 1);
            }

            return node;
        }

        private (int Least, int Most) Bounds()
        {
            var end = pattern.IndexOf('}', _at);
            var bounds = pattern[_at..end].Split(',');
            _at = end + 1;
            var least = int.Parse(bounds[0]);
            return (least, bounds.Length == 1 ? least : bounds[1].Length == 0 ? int.MaxValue : int.Parse(bounds[1]));
        }

        private PosixNode Atom()
        {
            var character = pattern[_at++];
            switch (character)
            {
                case '(':
                    var number = ++Groups;
                    var body = Alternatives();
                    _at++;
                    return new Group(number, body);
                case '[':
                    return Bracket();
                case '.':
                    return new Character(static _ => true);
                case '^' or '$':
                    return new Place(character == '^', character == '$');
                case '\\':
                    return Literal(pattern[_at++]);
                default:
                    return Literal(character);
            }
        }

        private Character Literal(char character) => foldsUnicode
            ? new(other => other == character || char.ToUpperInvariant(other) == char.ToUpperInvariant(character))
            : foldsAscii && char.IsAsciiLetter(character) ? new(other => (other | 0x20) == (character | 0x20)) : new(other => other == character);

        private Character Bracket()
        {
            string? fault = null;
            var bracket = PosixBracket.Read(pattern, ref _at, foldsAscii, ref fault)!;
            return new(character => bracket.Matches(character, foldsUnicode));
        }
    }
}
