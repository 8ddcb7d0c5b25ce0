using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Editing;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>Formatting changes white space and nothing else, and what is formatted stays as it is.</summary>
public sealed class FormatterTests
{
    [Theory]
    [InlineData("keep;discard;", "keep;\ndiscard;\n")]
    [InlineData("if true{keep;}", "if true { keep; }\n")]
    [InlineData("if true{\nkeep;}", "if true {\n    keep;\n}\n")]
    [InlineData("if   true\n{\nkeep;\n}\nelsif false\n{\nstop;\n}", "if true {\n    keep;\n}\nelsif false {\n    stop;\n}\n")]
    [InlineData("if true {keep;} else {stop;}", "if true { keep; } else { stop; }\n")]
    [InlineData("if anyof(true,\nfalse,not  true){keep;}", "if anyof (true,\n    false, not true) { keep; }\n")]
    [InlineData("require [ \"a\" ,\"b\" ] ;", "require [\"a\", \"b\"];\n")]
    [InlineData("# rule:[A  B]\nkeep;\n\n\n\n# rule:[ C]\nstop; # why\n", "# rule:[A  B]\nkeep;\n\n# rule:[ C]\nstop; # why\n")]
    [InlineData("if true {\n#  inside\nkeep;\n}", "if true {\n    #  inside\n    keep;\n}\n")]
    [InlineData("redirect text:\na@b.c\n.\n;keep;", "redirect text:\na@b.c\n.\n;\nkeep;\n")]
    [InlineData("if header :contains # c\n\"a\" \"b\" {keep;}", "if header :contains # c\n    \"a\" \"b\" { keep; }\n")]
    [InlineData("keep;\r\n  stop;", "keep;\r\nstop;\r\n")]
    [InlineData("", "")]
    public void Layout(string script, string formatted)
    {
        var octets = ScriptFormatter.Format(SourceText.From(script));
        Assert.Equal(formatted, Encoding.UTF8.GetString(octets!));
        Assert.Equal(formatted, Encoding.UTF8.GetString(ScriptFormatter.Format(SourceText.From(octets))!));
    }

    [Fact]
    public void A_script_with_errors_of_form_is_left_alone() => Assert.Null(ScriptFormatter.Format(SourceText.From("if true { keep;")));

    [Fact]
    public void Tokens_and_comments_stay_octet_for_octet()
    {
        var random = new Random(20261123);
        var scripts = Directory.GetFiles(Repository.Root, "*.sieve", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Order().ToList();
        foreach (var script in scripts.Select(File.ReadAllBytes))
        {
            for (var i = 0; i < 20; i++)
            {
                var changed = script.ToList();
                for (var change = 0; change < i && changed.Count > 0; change++)
                {
                    var at = random.Next(changed.Count);
                    changed.Insert(at, (byte)" \n\t#;{}"[random.Next(7)]);
                }

                if (ScriptFormatter.Format(SourceText.From(changed.ToArray())) is { } formatted)
                {
                    Assert.Equal(Parts([.. changed]), Parts(formatted));
                    Assert.Equal(formatted, ScriptFormatter.Format(SourceText.From(formatted)));
                }
            }
        }
    }

    private static List<string> Parts(byte[] script)
    {
        var text = SourceText.From(script);
        var lexer = new Lexer(text, SyntaxLimits.Default, new DiagnosticBag(100));
        var parts = new List<string>();
        for (var token = lexer.Next(); token.Kind != TokenKind.EndOfScript; token = lexer.Next())
        {
            parts.Add(text.Slice(token.Span));
        }

        return [.. parts, .. lexer.Comments.Select(comment => text.Slice(comment.Span))];
    }
}
