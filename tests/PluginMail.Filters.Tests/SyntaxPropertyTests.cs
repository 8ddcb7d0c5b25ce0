using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Tests.Support;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>What holds for every script: nothing throws, printing keeps the tree, fixes fit into the script.</summary>
public sealed class SyntaxPropertyTests
{
    private static readonly string[] Fragments =
    [
        "if ", "elsif ", "else ", "require ", "fileinto ", "keep", "discard", "stop", "header ", "address ", "not ", "allof ", "anyof ", "size ",
        ":over ", ":contains ", ":is ", ":starts-with ", ":comparator ", "\"", "\"subject\"", "[", "]", "(", ")", "{", "}", ",", ";", "\\",
        "10K", "99999999999999999999", "text:\r\n", ".\r\n", "..a\r\n", "#c\r\n", "/*", "*/", "\r\n", "\n", "\r", "\0", "“", "’", "é", "\uFFFD", ":", "-", "else if ",
        "move ", "copy ", "delete", "subject ", "sender ", ":within ", "${hex:41}", "direction ", "\"outgoing\"", "\"encoded-character\"", "envelope ", "\"from\"",
        "set ", "\"a\" ", "\"${a}${1}\"", ":matches ", ":regex ", "\"(a*)[b-\"", ":value \"gt\" ", ":count \"eq\" ", "string ", "hasflag ", "addflag ", ":flags ", "body ", ":raw ",
        "date ", "currentdate ", ":zone \"+0100\" ", "\"date\" ", ":index 1 ", ":last ", "ihave ", "foreverypart ", "break ", "extracttext ", ":mime ", ":anychild ", ":type ", "duplicate ",
        "require [\"variables\", \"regex\", \"body\", \"date\", \"index\", \"imap4flags\", \"relational\", \"fileinto\", \"ihave\", \"foreverypart\", \"mime\", \"extracttext\", \"duplicate\"];\r\n",
    ];

    [Fact]
    public void Arbitrary_octets_never_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), script => Survives(script ?? [])));

    [Fact]
    public void Arbitrary_sequences_of_tokens_never_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Gen.Elements(Fragments).ListOf().Select(parts => string.Concat(parts)).ToArbitrary(), script => Survives(Encoding.UTF8.GetBytes(script))));

    [Fact]
    public void Mutated_scripts_never_throw_and_are_reported_inside_their_bounds()
    {
        var random = new Random(20261121);
        var corpus = Directory.GetFiles(Repository.Path("grammar"), "*.sieve", SearchOption.AllDirectories).Order().Select(File.ReadAllBytes).ToList();
        for (var i = 0; i < 1500; i++)
        {
            var script = corpus[random.Next(corpus.Count)].ToList();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                Mutate(script, random);
            }

            Assert.True(Survives([.. script]), Convert.ToBase64String([.. script]));
        }
    }

    [Fact]
    public void Printing_a_tree_and_parsing_it_again_gives_the_same_tree()
    {
        foreach (var path in Directory.GetFiles(Repository.Path("grammar", "accept"), "*.sieve"))
        {
            AssertRoundTrip(FilterCompiler.Compile(File.ReadAllBytes(path)).Syntax);
        }
    }

    [Fact]
    public void Printing_and_parsing_arbitrary_strings_gives_them_back() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), value =>
        {
            var octets = Encoding.UTF8.GetBytes((value ?? "").Replace("\0", "").Replace("\r", ""));
            var list = new StringListSyntax([new(octets, default)], HasBrackets: false, default);
            var printed = SyntaxPrinter.Print(new ScriptSyntax(SourceText.From(""), [new("keep", default, default) { Arguments = [list] }], []));
            var parsed = (StringListSyntax)FilterCompiler.Compile(printed).Syntax.Commands[0].Arguments[0];
            return parsed.Strings[0].Value.Span.SequenceEqual(octets);
        }));

    [Theory]
    [InlineData("fileinto \"A\";", "require \"fileinto\";\nfileinto \"A\";")]
    [InlineData("require \"copy\";\nredirect :copy \"a@b.c\"; fileinto \"A\";", "require [\"copy\", \"fileinto\"];\nredirect :copy \"a@b.c\"; fileinto \"A\";")]
    [InlineData("require [\"copy\"]; redirect :copy \"a@b.c\"; fileinto \"A\";", "require [\"copy\", \"fileinto\"]; redirect :copy \"a@b.c\"; fileinto \"A\";")]
    [InlineData("keep", "keep;")]
    [InlineData("if true { stop }\r\ndiscard;", "if true { stop; }\r\ndiscard;")]
    [InlineData("if subject :starts-with \"x\" { keep; }", "if subject :starts_with \"x\" { keep; }")]
    [InlineData("if exists \"x\" { keep; } else if false { stop; }", "if exists \"x\" { keep; } elsif false { stop; }")]
    [InlineData("if (true) { keep; }", "if true { keep; }")]
    [InlineData("if subject “x” { keep; }", "if subject \"x\" { keep; }")]
    [InlineData("if true { if true { keep;", "if true { if true { keep;\n}\n}")]
    [InlineData("require [\"fileinto\", \"copy\"]; fileinto \"x\";", "require [\"fileinto\"]; fileinto \"x\";")]
    [InlineData("require \"fileinto\";keep;", "keep;")]
    [InlineData("if header \"to\" \"*@x.example\" { keep; }", "if header :matches \"to\" \"*@x.example\" { keep; }")]
    [InlineData("if size :over 10MB { keep; }", "if size :over 10M { keep; }")]
    public void A_fix_repairs_the_script(string script, string repaired)
    {
        Assert.Equal(repaired, Fixed(script));
        Assert.Equal("", Codes(repaired));
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("if true {", 100_000));
        Assert.Equal(["F0015"], FilterCompiler.Compile(deep).Errors.Select(error => error.Code).Distinct());
        var tests = "if " + string.Concat(Enumerable.Repeat("not ", 100_000)) + "true { keep; }";
        Assert.Contains("F0015", Codes(tests), StringComparison.Ordinal);
        var lists = "if " + string.Concat(Enumerable.Repeat("allof(", 100_000));
        Assert.Contains("F0015", Codes(lists), StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_and_findings_are_bounded()
    {
        Assert.Equal("F0001", Codes(new string(' ', (1024 * 1024) + 1)));
        Assert.Equal("F0017 F1002", Codes(new string('a', 65) + ";"));
        Assert.Equal("F0016 F1022", Codes($"require \"fileinto\"; fileinto \"{new string('a', (256 * 1024) + 1)}\";"));
        Assert.Equal(100, FilterCompiler.Compile(string.Concat(Enumerable.Repeat("x;", 1000))).Diagnostics.Length);
    }

    [Theory]
    [InlineData("\\\"\n")]
    [InlineData("‘")]
    [InlineData("'")]
    [InlineData("“")]
    [InlineData("text:\n")]
    [InlineData("/*")]
    [InlineData("a-")]
    [InlineData("[")]
    [InlineData("if a(")]
    [InlineData("x;")]
    [InlineData("~!")]
    [InlineData("\"")]
    [InlineData("1")]
    [InlineData(":over ")]
    public void A_mebioctet_of_anything_is_checked_in_bounded_time(string unit)
    {
        var script = string.Concat(Enumerable.Repeat(unit, 1024 * 1024 / Encoding.UTF8.GetByteCount(unit)));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var compilation = FilterCompiler.Compile(script);
        _ = DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics);
        Assert.NotEmpty(compilation.Errors);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("keep;")]
    [InlineData("if true{}")]
    [InlineData("if not(false){}", 1)]
    [InlineData("if subject \"a\"{move \"b\";}else{}")]
    [InlineData("if allof(true,not true){stop;}")]
    [InlineData("#\n")]
    public void A_mebioctet_of_rules_is_compiled_in_bounded_time(string unit, int errors = 0)
    {
        var script = string.Concat(Enumerable.Repeat(unit, 1024 * 1024 / unit.Length));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var compilation = FilterCompiler.Compile(script);
        Assert.Equal(errors == 0, compilation.Filter is not null);
        _ = compilation.Filter?.Run(new(new TestMessage(MessageA), Envelope));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Warnings_never_hide_an_error() =>
        Assert.Contains("F1002", Codes(string.Concat(Enumerable.Repeat("if subject \"\\a\" { keep; }\n", 200)) + "discrad;"), StringComparison.Ordinal);

    [Theory]
    [InlineData("keep;\r\n\r\ndiscrad;", 3, 1)]
    [InlineData("/* é€ */ discrad;", 1, 10)]
    [InlineData("keep;\n\tdiscrad;", 2, 2)]
    public void Positions_count_lines_and_characters(string script, int line, int column)
    {
        var position = SourceText.From(script).PositionOf(Single(script).Span.Start);
        Assert.Equal((line, column), (position.Line, position.Column));
    }

    private static bool Survives(byte[] script)
    {
        var compilation = FilterCompiler.Compile(script);
        var text = compilation.Syntax.Text;
        _ = DiagnosticPrinter.Print(text, compilation.Diagnostics);
        foreach (var finding in compilation.Diagnostics)
        {
            if (finding.Span.Start < 0 || finding.Span.End > script.Length)
            {
                return false;
            }

            _ = finding.Fix?.Apply(script);
        }

        if (compilation.Filter is not null)
        {
            _ = compilation.Filter.Run(new(new TestMessage(MessageA), Envelope), new() { Traces = true });
            _ = compilation.Filter.Run(Support.Mail.Input(BodyTests.Nested));
            AssertRoundTrip(compilation.Syntax);
        }

        return compilation.Filter is not null || compilation.Errors.Any();
    }

    private static void AssertRoundTrip(ScriptSyntax tree)
    {
        var printed = SyntaxPrinter.Print(tree);
        Assert.Equal(printed, SyntaxPrinter.Print(FilterCompiler.Compile(printed).Syntax));
    }

    private static void Mutate(List<byte> script, Random random)
    {
        var at = random.Next(script.Count + 1);
        switch (random.Next(4))
        {
            case 0 when at < script.Count:
                script.RemoveRange(at, Math.Min(random.Next(1, 20), script.Count - at));
                break;
            case 1 when at < script.Count:
                script[at] = (byte)random.Next(256);
                break;
            case 2 when script.Count > 0:
                var from = random.Next(script.Count);
                script.InsertRange(at, script.GetRange(from, Math.Min(random.Next(1, 40), script.Count - from)));
                break;
            default:
                script.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                break;
        }
    }
}
