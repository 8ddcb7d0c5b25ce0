using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Tests.Engine;

/// <summary>
/// The engine that decides tests together does what the plain interpreter does. A case is a script and a message; each script sees twenty
/// messages, because compiling costs more than running. FILTER_CASES sets how many cases there are, 100,000 where it is not.
/// </summary>
public sealed class EngineTests
{
    private const int MessagesPerScript = 20;

    private static readonly FilterRunOptions Options = new() { Limits = new() { Actions = 100 } };

    private static int Cases => int.TryParse(Environment.GetEnvironmentVariable("FILTER_CASES"), out var cases) ? cases : 100_000;

    [Fact]
    public void The_engine_agrees_with_the_reference_interpreter() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Math.Max(1, Cases / MessagesPerScript)), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => Agrees(seed)));

    [Theory]
    [InlineData("he|she|his|hers", "ushers")]
    [InlineData("a|aa|aaa|aaaa", "aaaaa")]
    [InlineData("abc|bcd|cde|d", "abcde")]
    [InlineData("xyz", "ab")]
    [InlineData("ab|b|bab", "ababab")]
    public void The_automaton_finds_every_literal_wherever_it_ends(string literals, string text)
    {
        var sorted = literals.Split('|').Order(StringComparer.Ordinal).ToList();
        var automaton = new LiteralAutomaton([.. sorted.Select(literal => Encoding.UTF8.GetBytes(literal))]);
        var found = new List<string>();
        var state = LiteralAutomaton.Start;
        for (var i = 0; i < text.Length; i++)
        {
            state = automaton.Next(state, (byte)text[i]);
            for (var hit = automaton.FirstHit(state); hit != 0; hit = automaton.NextHit(hit))
            {
                found.Add($"{sorted[automaton.LiteralAt(hit)]}@{i + 1}");
            }
        }

        var expected = from end in Enumerable.Range(1, text.Length) from literal in sorted where text[..end].EndsWith(literal, StringComparison.Ordinal) select $"{literal}@{end}";
        Assert.Equal(expected.Order(), found.Order());
    }

    [Fact]
    public void The_automaton_takes_any_octets()
    {
        var random = new Random(7);
        var literals = Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, random.Next(1, 6)).Select(_ => (byte)random.Next(256)).ToArray())
            .DistinctBy(Convert.ToHexString).Order(OctetComparer.Instance).ToList();
        var automaton = new LiteralAutomaton(literals);
        var text = new byte[4000];
        random.NextBytes(text);
        var found = 0;
        var state = LiteralAutomaton.Start;
        foreach (var octet in text)
        {
            state = automaton.Next(state, octet);
            for (var hit = automaton.FirstHit(state); hit != 0; hit = automaton.NextHit(hit))
            {
                found++;
            }
        }

        var expected = literals.Sum(literal => Enumerable.Range(0, text.Length).Count(at => text.AsSpan(at).StartsWith(literal)));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void A_key_that_ends_everywhere_cannot_stall_a_delivery()
    {
        var keys = string.Join(", ", Enumerable.Range(1, 400).Select(length => $"\"{new string('a', length)}c\", \"{new string('a', length)}\""));
        var filter = Support.Scripts.Compile($"if not header :contains \"x\" [{keys}] {{ if header :every :contains \"subject\" [{keys}] {{ discard; }} }} if header :contains \"subject\" [{keys}] {{ discard; }}");
        var message = Encoding.UTF8.GetBytes($"Subject: {new string('a', 200_000)}\r\n\r\n");
        var started = TimeProvider.System.GetTimestamp();
        filter.Run(new(new MimeFilterMessage(message, message.Length), Support.Scripts.Envelope));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Changes_of_the_header_are_seen_by_the_rules_after_them()
    {
        var rules = string.Concat(Enumerable.Range(0, 40).Select(i => $"if header :contains \"subject\" \"key{i}\" {{ fileinto \"F{i}\"; }}\n"));
        var script = $"require [\"editheader\", \"fileinto\"];\n{rules}if header \"from\" \"coyote@desert.example.org\" {{ deleteheader \"subject\"; addheader \"Subject\" \"key7\"; }}\n{rules}";
        Assert.Equal("fileinto \"F3\"; fileinto \"F7\"", Support.Mail.Effects(script, "From: coyote@desert.example.org\nSubject: a key3\n\nx"));
    }

    private static bool Agrees(int seed)
    {
        var generator = new ModelGenerator(seed);
        var script = generator.NextScript();
        var text = script.ToString();
        CompiledFilter[] engines = [Compile(text, fewest: 0), Compile(text, fewest: int.MaxValue)];
        for (var i = 0; i < MessagesPerScript; i++)
        {
            var message = generator.NextMessage(script);
            var expected = ReferenceInterpreter.Run(script, message);
            var octets = Encoding.UTF8.GetBytes(message.ToString().ReplaceLineEndings("\r\n"));
            foreach (var engine in engines)
            {
                var result = engine.Run(new(new MimeFilterMessage(octets, octets.Length), Support.Scripts.Envelope), Options);
                var actual = result.Error?.Message ?? string.Join("; ", result.Effects);
                Assert.True(expected == actual, $"seed {seed}, index {engine.Index is not null}\n{message}\n{text}\nexpected {expected}\nactual   {actual}");
            }
        }

        return true;
    }

    private static CompiledFilter Compile(string script, int fewest)
    {
        var compilation = FilterCompiler.Compile(script, options: new() { FewestIndexedKeys = fewest });
        Assert.True(compilation.Filter is not null, DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
        return compilation.Filter!;
    }
}
