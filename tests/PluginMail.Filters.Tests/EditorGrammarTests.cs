using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>The editor grammar's rules, applied line by line as editors do, see the tokens that the lexer sees.</summary>
public sealed class EditorGrammarTests
{
    private static readonly List<Rule> Rules = [.. JsonNode.Parse(File.ReadAllText(Repository.Path("grammar", "sieve.tmLanguage.json")))!["patterns"]!.AsArray().Select(Read)];

    public static TheoryData<string> Examples() => new(
        Directory.GetFiles(Repository.Path("grammar", "accept"), "*.sieve").Concat(Directory.GetFiles(Repository.Path("scripts"), "*.sieve"))
            .Select(path => Path.GetRelativePath(Repository.Root, path)).Order());

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_token_has_its_scope(string file)
    {
        var text = SourceText.From(File.ReadAllText(Repository.Path(file)).ReplaceLineEndings("\n"));
        var scopes = Scopes(text.ToString());
        var lexer = new Lexer(text, SyntaxLimits.Default, new DiagnosticBag(10));
        for (var token = lexer.Next(); token.Kind != TokenKind.EndOfScript; token = lexer.Next())
        {
            var start = System.Text.Encoding.UTF8.GetCharCount(text.Octets[..token.Span.Start]);
            var expected = token.Kind switch
            {
                TokenKind.Identifier => "keyword|support|variable.function",
                TokenKind.Tag => "entity.other.attribute-name",
                TokenKind.Number => "constant.numeric",
                TokenKind.String => "string",
                _ => "punctuation",
            };
            Assert.Matches($"^({expected})", scopes[start]);
        }

        foreach (var comment in lexer.Comments)
        {
            var start = System.Text.Encoding.UTF8.GetCharCount(text.Octets[..comment.Span.Start]);
            Assert.StartsWith("comment", scopes[start]);
            Assert.StartsWith("comment", scopes[start + text.Slice(comment.Span).Length - 1]);
        }
    }

    [Fact]
    public void Words_are_told_apart()
    {
        var scopes = Scopes("if header :is \"a\\\"b${c}\" { keep; unknown 5K; }");
        Assert.Equal("keyword.control.sieve", scopes[0]);
        Assert.Equal("support.function.test.sieve", scopes[3]);
        Assert.Equal("entity.other.attribute-name.tag.sieve", scopes[10]);
        Assert.Equal("constant.character.escape.sieve", scopes[16]);
        Assert.Equal("variable.other.sieve", scopes[19]);
        Assert.Equal("string.quoted.double.sieve", scopes[23]);
        Assert.Equal("support.function.action.sieve", scopes[27]);
        Assert.Equal("variable.function.sieve", scopes[33]);
        Assert.Equal("constant.numeric.sieve", scopes[41]);
    }

    private static Rule Read(JsonNode? node) => new(
        (string)node!["name"]!,
        new Regex((string?)node["match"] ?? (string)node["begin"]!),
        node["end"] is { } end ? new Regex((string)end!) : null,
        node["patterns"] is { } inner ? [.. inner.AsArray().Select(Read)] : []);

    /// <summary>The scope of each character, null between tokens.</summary>
    private static string[] Scopes(string text)
    {
        var scopes = new string[text.Length];
        Rule? open = null;
        var lineStart = 0;
        foreach (var line in text.Split('\n'))
        {
            for (var at = 0; at <= line.Length;)
            {
                var (rule, match) = Next(open, line, at);
                if (match is null)
                {
                    Fill(open?.Scope, lineStart + at, line.Length - at);
                    break;
                }

                Fill(open?.Scope, lineStart + at, match.Index - at);
                Fill(rule?.Scope ?? open!.Scope, lineStart + match.Index, match.Length);
                at = match.Index + Math.Max(match.Length, rule is null ? 0 : 1);
                open = rule is null ? null : rule.End is null ? open : rule;
            }

            lineStart += line.Length + 1;
        }

        return scopes;

        void Fill(string? scope, int start, int length)
        {
            for (var i = start; i < Math.Min(start + length, scopes.Length) && scope is not null; i++)
            {
                scopes[i] = scope;
            }
        }
    }

    /// <summary>The rule that matches first from a place on; no rule stands for the end of the one that is open.</summary>
    private static (Rule? Rule, Match? Match) Next(Rule? open, string line, int at)
    {
        (Rule? Rule, Match? Match) best = open?.End?.Match(line, at) is { Success: true } end ? (null, end) : (null, null);
        foreach (var rule in open?.Inner ?? Rules)
        {
            if (rule.Begin.Match(line, at) is { Success: true } match && (best.Match is null || match.Index < best.Match.Index))
            {
                best = (rule, match);
            }
        }

        return best;
    }

    private sealed record Rule(string Scope, Regex Begin, Regex? End, IReadOnlyList<Rule> Inner);
}
