using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>The ABNF and the parser say the same: what the one makes, the other accepts.</summary>
public sealed class AbnfTests
{
    private static readonly AbnfGrammar Grammar = new(File.ReadAllText(Repository.Path("grammar", "sieve.abnf")));

    [Fact]
    public void Every_rule_of_the_grammar_is_read() => Assert.Superset(
        new HashSet<string> { "script", "command", "block", "test-list", "multi-line", "quoted-pair", "bracket-comment", "plain-script", "plain-test" },
        Grammar.Rules.ToHashSet());

    [Fact]
    public void The_parser_accepts_every_sentence_of_the_grammar() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1500),
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var sentence = Sentence("script", seed);
            var faults = new DiagnosticBag(10);
            var script = Parser.Parse(SourceText.From(sentence), SyntaxLimits.Default, faults, static _ => true);
            var again = Parser.Parse(SourceText.From(SyntaxPrinter.Print(script)), SyntaxLimits.Default, new DiagnosticBag(10), static _ => true);
            Assert.True(IsAccepted(faults), Describe(sentence, faults.ToImmutable()));
            Assert.Equal(SyntaxPrinter.Print(script), SyntaxPrinter.Print(again));
        }));

    [Fact]
    public void Every_sentence_of_plain_words_compiles() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var sentence = Sentence("plain-script", seed);
            var compilation = FilterCompiler.Compile(sentence);
            var isAccepted = compilation.Errors.All(error => error.Code is FilterCodes.NumberTooLarge or FilterCodes.TooDeep);
            Assert.True(isAccepted, Describe(sentence, [.. compilation.Errors]));
        }));

    [Fact]
    public void Mutated_sentences_are_survived() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int>(), (seed, change) =>
        {
            var sentence = Sentence(seed % 2 == 0 ? "script" : "plain-script", seed).ToList();
            var random = new Random(change);
            for (var i = random.Next(4); i >= 0 && sentence.Count > 0; i--)
            {
                var at = random.Next(sentence.Count);
                switch (random.Next(3))
                {
                    case 0:
                        sentence.RemoveAt(at);
                        break;
                    case 1:
                        sentence[at] = (byte)random.Next(256);
                        break;
                    default:
                        sentence.Insert(at, (byte)"\"{}()[];,:#\n"[random.Next(12)]);
                        break;
                }
            }

            var compilation = FilterCompiler.Compile(sentence.ToArray());
            _ = DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics);
            _ = FilterRepair.Repair(sentence.ToArray(), "mutated");
            return compilation.Filter is not null || compilation.Errors.Any();
        }));

    /// <summary>A number may be too large; everything else of the grammar fits the limits.</summary>
    private static bool IsAccepted(DiagnosticBag faults) =>
        faults.ToImmutable().All(fault => fault.Code is FilterCodes.NumberTooLarge || fault.Severity == DiagnosticSeverity.Warning);

    private static byte[] Sentence(string rule, int seed) => Grammar.Sentence(
        rule, new Random(seed), static random => random.Next(8) switch
        {
            0 => "\r\n"u8.ToArray(),
            1 => "\t\n "u8.ToArray(),
            2 => " # a \"comment;\r\n"u8.ToArray(),
            3 => " /* b } \n **/ "u8.ToArray(),
            _ => " "u8.ToArray(),
        });

    private static string Describe(byte[] sentence, IReadOnlyList<Diagnostic> faults) =>
        $"{string.Join('\n', faults.Select(fault => $"{fault.Code} {fault.Message} at {fault.Span.Start}"))}\n{Encoding.Latin1.GetString(sentence)}";
}
