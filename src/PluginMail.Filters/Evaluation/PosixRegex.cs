using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>Reads a POSIX extended regular expression (IEEE 1003.1, 9.4) and writes it for .NET, bounded in size.</summary>
internal sealed class PosixRegex
{
    private const int LongestPattern = 4096;
    private const int MostRepeats = 255;
    private const int MostStates = 5000;
    private const int DeepestGroup = 32;
    private const string Special = ".[\\()*+?{|^$";
    private readonly string _pattern;
    private readonly bool _foldsAscii;
    private readonly StringBuilder _output = new();
    private readonly List<string> _literals = [];
    private readonly StringBuilder _run = new();
    private int _at;
    private bool _hasAlternatives;

    private PosixRegex(string pattern, Comparator comparator)
    {
        _pattern = pattern;
        _foldsAscii = ReferenceEquals(comparator, Comparator.AsciiCasemap);
        FoldsUnicode = ReferenceEquals(comparator, Comparator.UnicodeCasemap);
    }

    /// <summary>The expression in .NET's notation.</summary>
    public string Translated { get; private set; } = "";

    /// <summary>Whether .NET has to ignore case; the letters of ASCII are folded in the expression itself.</summary>
    public bool FoldsUnicode { get; }

    /// <summary>The longest text that every match holds; empty where nothing is certain.</summary>
    public byte[] Literal { get; private set; } = [];

    /// <summary>Reads an expression.</summary>
    /// <returns>Null where it is none, and then <paramref name="fault"/> says why.</returns>
    public static PosixRegex? Parse(ReadOnlySpan<byte> key, Comparator comparator, out string? fault)
    {
        if (key.Length > LongestPattern)
        {
            fault = $"A regular expression has at most {LongestPattern} octets.";
            return null;
        }

        var regex = new PosixRegex(Encoding.UTF8.GetString(key), comparator);
        fault = null;
        var states = regex.Alternatives(0, ref fault);
        if (fault is null && regex._at < regex._pattern.Length)
        {
            fault = "This regular expression closes a group that it does not open: write \\\\) for the character.";
        }

        fault ??= states > MostStates ? "This regular expression repeats too much." : null;
        regex.EndRun();
        regex.Translated = regex._output.ToString();
        regex.Literal = regex._hasAlternatives ? [] : Encoding.UTF8.GetBytes(regex._literals.MaxBy(literal => literal.Length) ?? "");
        return fault is null ? regex : null;
    }

    /// <summary>The expression as a tree.</summary>
    public PosixNode Tree(out int groups) => PosixNode.Read(_pattern, _foldsAscii, FoldsUnicode, out groups);

    private long Alternatives(int depth, ref string? fault)
    {
        long states = 1;
        while (fault is null && _at < _pattern.Length && _pattern[_at] != ')')
        {
            if (_pattern[_at] == '|')
            {
                _hasAlternatives |= depth == 0;
                _output.Append('|');
                _at++;
                continue;
            }

            states += Piece(depth, ref fault);
        }

        return states;
    }

    private long Piece(int depth, ref string? fault)
    {
        var start = _output.Length;
        var states = Atom(depth, ref fault, out var isAssertion);
        var first = true;
        while (fault is null && _at < _pattern.Length && _pattern[_at] is '*' or '+' or '?' or '{')
        {
            if (_pattern[_at] == '{' && !IsBound())
            {
                break;
            }

            if (isAssertion)
            {
                fault = "This regular expression repeats ^ or $.";
                return states;
            }

            // A second repetition would mean something else in .NET: (?:a*)* and not a*?.
            if (!first)
            {
                _output.Insert(start, "(?:").Append(')');
            }

            first = false;
            states = Repeat(states, depth, ref fault);
        }

        return states;
    }

    private bool IsBound() => _at + 1 < _pattern.Length && char.IsAsciiDigit(_pattern[_at + 1]);

    private long Repeat(long states, int depth, ref string? fault)
    {
        var character = _pattern[_at++];
        if (depth == 0 && character != '+' && _run.Length > 0)
        {
            _run.Length -= _run.Length > 1 && char.IsLowSurrogate(_run[^1]) ? 2 : 1;
        }

        EndRun();
        if (character != '{')
        {
            _output.Append(character);
            return states + 1;
        }

        var end = _pattern.IndexOf('}', _at);
        var bounds = end < 0 ? [] : _pattern[_at..end].Split(',');
        var most = 0;
        if (bounds.Length is 0 or > 2 || !int.TryParse(bounds[0], out var least) || (bounds.Length == 2 && bounds[1].Length > 0 && !int.TryParse(bounds[1], out most)))
        {
            fault = "This regular expression has a { that no } with numbers follows: write \\\\{ for the character.";
            return states;
        }

        if (Math.Max(least, most) > MostRepeats || (most > 0 && most < least))
        {
            fault = $"A regular expression repeats at most {MostRepeats} times, and the second number is not below the first.";
            return states;
        }

        _output.Append('{').Append(_pattern, _at, end - _at).Append('}');
        _at = end + 1;
        return Math.Min(states * Math.Max(1, Math.Max(least, most)), int.MaxValue);
    }

    private long Atom(int depth, ref string? fault, out bool isAssertion)
    {
        var character = _pattern[_at++];
        isAssertion = false;
        switch (character)
        {
            case '(':
                EndRun();
                return Group(depth, ref fault);
            case '[':
                EndRun();
                PosixBracket.Read(_pattern, ref _at, _foldsAscii, ref fault)?.WriteTo(_output);
                return 1;
            case '.':
                EndRun();
                _output.Append('.');
                return 1;
            case '^':
            case '$':
                EndRun();
                isAssertion = true;
                _output.Append(character == '^' ? "\\A" : "\\z");
                return 1;
            case '*' or '+' or '?':
                fault = $"This regular expression repeats nothing with {character}: write \\\\{character} for the character.";
                return 0;
            case '\\':
                return Escape(depth, ref fault);
            default:
                Character(character, depth);
                return 1;
        }
    }

    private long Group(int depth, ref string? fault)
    {
        if (depth == DeepestGroup)
        {
            fault = $"A regular expression has at most {DeepestGroup} groups inside of each other.";
            return 0;
        }

        _output.Append('(');
        var states = Alternatives(depth + 1, ref fault);
        if (fault is null && (_at >= _pattern.Length || _pattern[_at++] != ')'))
        {
            fault = "This regular expression opens a group that it does not close: write \\\\( for the character.";
        }

        _output.Append(')');
        return states;
    }

    private long Escape(int depth, ref string? fault)
    {
        if (_at == _pattern.Length)
        {
            fault = "This regular expression ends with a backslash.";
            return 0;
        }

        var character = _pattern[_at++];
        if (char.IsAsciiDigit(character))
        {
            fault = "References to groups are not part of extended regular expressions.";
            return 0;
        }

        if (char.IsAsciiLetter(character))
        {
            fault = $"\\\\{character} is not part of extended regular expressions; [[:alnum:]], [[:digit:]] and [[:space:]] are.";
            return 0;
        }

        Character(character, depth);
        return 1;
    }

    private void Character(char character, int depth)
    {
        if (depth == 0)
        {
            _run.Append(character);
        }

        if (_foldsAscii && char.IsAsciiLetter(character))
        {
            _output.Append('[').Append(char.ToLowerInvariant(character)).Append(char.ToUpperInvariant(character)).Append(']');
        }
        else if (Special.Contains(character, StringComparison.Ordinal) || character is '}' or ']' or '#' or ' ')
        {
            _output.Append('\\').Append(character);
        }
        else
        {
            _output.Append(character);
        }
    }

    private void EndRun()
    {
        if (_run.Length > 0)
        {
            _literals.Add(_run.ToString());
            _run.Clear();
        }
    }
}
