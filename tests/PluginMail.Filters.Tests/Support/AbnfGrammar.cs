using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginMail.Filters.Tests.Support;

/// <summary>
/// Reads ABNF (RFC 5234) and makes random sentences of it. Rules in a section "Phrases" have white space between their
/// parts, those in a section "Tokens" have none.
/// </summary>
internal sealed partial class AbnfGrammar
{
    private const string CoreRules = """
        ALPHA = %x41-5A / %x61-7A
        DIGIT = %x30-39
        DQUOTE = %x22
        WSP = %x20 / %x09
        CRLF = %x0D.0A
        LF = %x0A
        """;

    private const int Deep = 16;
    private const int Long = 2000;
    private readonly Dictionary<string, Element> _rules = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _phrases = new(StringComparer.OrdinalIgnoreCase);

    public AbnfGrammar(string text)
    {
        Read(CoreRules, isPhrase: false);
        foreach (var section in text.Split("; ---- ").Skip(1))
        {
            Read(section[section.IndexOf('\n')..], section.StartsWith("Phrases", StringComparison.Ordinal));
        }
    }

    private abstract record Element;

    private sealed record Alternatives(IReadOnlyList<Element> Choices) : Element;

    private sealed record Sequence(IReadOnlyList<Element> Parts) : Element;

    private sealed record Repeat(int Least, int Most, Element Inner) : Element;

    private sealed record Name(string Rule) : Element;

    private sealed record Text(string Value) : Element;

    private sealed record Range(int First, int Last) : Element;

    public IEnumerable<string> Rules => _rules.Keys;

    /// <summary>A random sentence; <paramref name="space"/> makes what stands between tokens.</summary>
    public byte[] Sentence(string rule, Random random, Func<Random, byte[]> space)
    {
        var output = new List<byte>();
        Write(new Name(rule), isPhrase: true, 0);
        return [.. output];

        void Write(Element element, bool isPhrase, int depth)
        {
            switch (element)
            {
                case Name(var name):
                    var isToken = isPhrase && !_phrases.Contains(name);
                    if (isToken)
                    {
                        output.AddRange(space(random));
                    }

                    Write(_rules[name], _phrases.Contains(name), depth + 1);
                    break;
                case Text(var value):
                    output.AddRange(isPhrase ? space(random) : []);
                    output.AddRange(value.Select(character => (byte)(random.Next(4) == 0 ? char.ToUpperInvariant(character) : character)));
                    break;
                case Range(var first, var last):
                    output.Add((byte)random.Next(first, last + 1));
                    break;
                case Sequence(var parts):
                    foreach (var part in parts)
                    {
                        Write(part, isPhrase, depth);
                    }

                    break;
                case Alternatives(var choices):
                    // Deep down the shortest way out is the last or the first choice that names no phrase.
                    var shallow = depth < Deep && output.Count < Long ? choices : [.. choices.Where(choice => !NamesPhrase(choice))];
                    var from = shallow.Count > 0 ? shallow : choices;
                    Write(from[random.Next(from.Count)], isPhrase, depth);
                    break;
                case Repeat(var least, var most, var inner):
                    var extra = depth >= Deep || output.Count >= Long ? 0 : random.Next(Math.Min(4, most - least + 1));
                    for (var i = 0; i < least + extra; i++)
                    {
                        Write(inner, isPhrase, depth);
                    }

                    break;
            }
        }
    }

    private bool NamesPhrase(Element element) => element switch
    {
        Name(var name) => _phrases.Contains(name) && (name.Contains("test", StringComparison.Ordinal) || name.Contains("rule", StringComparison.Ordinal) || name.Contains("block", StringComparison.Ordinal)),
        Sequence(var parts) => parts.Any(NamesPhrase),
        Alternatives(var choices) => choices.Any(NamesPhrase),
        Repeat(var least, _, var inner) => least > 0 && NamesPhrase(inner),
        _ => false,
    };

    private void Read(string text, bool isPhrase)
    {
        // A line that begins with white space goes on with the rule before it.
        foreach (var rule in Regex.Split(Comment().Replace(text, ""), @"\n(?=\S)").Where(rule => rule.Contains('=')))
        {
            var name = rule[..rule.IndexOf('=')].Trim();
            var tokens = new Queue<string>(Token().Matches(rule[(rule.IndexOf('=') + 1)..]).Select(match => match.Value));
            _rules[name] = ReadAlternatives(tokens);
            if (isPhrase)
            {
                _phrases.Add(name);
            }
        }
    }

    private static Element ReadAlternatives(Queue<string> tokens)
    {
        var choices = new List<Element> { ReadSequence(tokens) };
        while (tokens.TryPeek(out var token) && token == "/")
        {
            tokens.Dequeue();
            choices.Add(ReadSequence(tokens));
        }

        return choices.Count == 1 ? choices[0] : new Alternatives(choices);
    }

    private static Sequence ReadSequence(Queue<string> tokens)
    {
        var parts = new List<Element>();
        while (tokens.TryPeek(out var token) && token is not ("/" or ")" or "]"))
        {
            parts.Add(ReadRepeat(tokens));
        }

        return new(parts);
    }

    private static Element ReadRepeat(Queue<string> tokens)
    {
        if (!tokens.Peek().Contains('*') || tokens.Peek()[0] == '"')
        {
            return ReadElement(tokens);
        }

        var bounds = tokens.Dequeue().Split('*');
        var least = bounds[0].Length == 0 ? 0 : int.Parse(bounds[0]);
        var most = bounds[1].Length == 0 ? least + 8 : int.Parse(bounds[1]);
        return new Repeat(least, most, ReadElement(tokens));
    }

    private static Element ReadElement(Queue<string> tokens)
    {
        var token = tokens.Dequeue();
        switch (token[0])
        {
            case '(' or '[':
                var inner = ReadAlternatives(tokens);
                tokens.Dequeue();
                return token == "(" ? inner : new Repeat(0, 1, inner);
            case '"':
                return new Text(token[1..^1]);
            case '%':
                var numbers = token[2..].Split('-', '.').Select(number => int.Parse(number, NumberStyles.HexNumber)).ToList();
                return token.Contains('.') ? new Sequence([.. numbers.Select(number => new Range(number, number))]) : new Range(numbers[0], numbers[^1]);
            default:
                return new Name(token);
        }
    }

    [GeneratedRegex("""(?m)(?<=^(?:[^"\n]|"[^"\n]*")*);.*$""")]
    private static partial Regex Comment();

    [GeneratedRegex("""
        "[^"]*"|%x[0-9A-F.-]+|[0-9]*\*[0-9]*|[A-Za-z][A-Za-z0-9-]*|[][()/]
        """)]
    private static partial Regex Token();
}
