using PluginMail.Filters.Checking;
using PluginMail.Filters.Conversion;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>Rules of other programs become scripts that the checker has no error in; what has no counterpart is said.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("sample.procmailrc", ConversionSource.Procmail)]
    [InlineData("sample.exim", ConversionSource.Exim)]
    [InlineData("sample.csv", ConversionSource.Table)]
    public void Sample(string file, ConversionSource source)
    {
        var conversion = FilterConversion.Convert(File.ReadAllText(Path(file)), source);
        var compilation = FilterCompiler.Compile(conversion.Script, file);
        Assert.Equal("", DiagnosticPrinter.Print(compilation.Syntax.Text, [.. compilation.Errors]));
        var actual = conversion.Script + string.Concat(conversion.Notes.Select(note => $"--- line {note.Line}: {note.Message}\n"));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path(file + ".expected"), actual);
        }

        Assert.Equal(File.ReadAllText(Path(file + ".expected")), actual);
    }

    [Theory]
    [InlineData(ConversionSource.Procmail, ":0\n* ^Subject: *hello\nX", "subject :starts_with \"hello\"")]
    [InlineData(ConversionSource.Procmail, ":0\n* ^Subject:.*(a|b)$\nX", "subject :ends_with [\"a\", \"b\"]")]
    [InlineData(ConversionSource.Procmail, ":0\n* ^Subject: hello\\.$\nX", "subject :strict \"hello.\"")]
    [InlineData(ConversionSource.Procmail, ":0\n* ^Subject:.*a.c\nX", "header :regex \"subject\" \"a.c\"")]
    [InlineData(ConversionSource.Exim, "if $h_subject: is \"a\" or $h_subject: ends \"b\" and not $h_subject: is not c then finish endif", "if any (subject :strict \"a\", all (subject :ends_with \"b\", not not subject :strict \"c\"))")]
    [InlineData(ConversionSource.Exim, "if $h_subject: is \"a\" then seen finish endif", "subject :strict \"a\" {\n    discard;\n    stop;")]
    [InlineData(ConversionSource.Table, "name,field,match,value,action,target,enabled\nA,subject,is,\"a \"\"b\"\", c\",keep,,yes", "subject :strict \"a \\\"b\\\", c\"")]
    public void Condition(ConversionSource source, string rules, string expected) =>
        Assert.Contains(expected, FilterConversion.Convert(rules, source).Script, StringComparison.Ordinal);

    [Fact]
    public void Damaged_rules_are_survived_and_give_scripts_without_errors_of_form()
    {
        var random = new Random(20261125);
        foreach (var source in Enum.GetValues<ConversionSource>())
        {
            var sample = File.ReadAllText(Path(source switch { ConversionSource.Procmail => "sample.procmailrc", ConversionSource.Exim => "sample.exim", _ => "sample.csv" }));
            for (var i = 0; i < 400; i++)
            {
                var rules = new System.Text.StringBuilder(sample);
                for (var change = random.Next(1, 10); change > 0; change--)
                {
                    var at = random.Next(rules.Length);
                    _ = random.Next(2) == 0 ? rules.Remove(at, Math.Min(random.Next(1, 8), rules.Length - at)) : rules.Insert(at, "\"{}()\n\\;:*!$|#.\0"[random.Next(15)]);
                }

                var conversion = FilterConversion.Convert(rules.ToString(), source);
                var errors = FilterCompiler.Compile(conversion.Script).Errors.Where(error => error.Code.StartsWith("F0", StringComparison.Ordinal)).ToList();
                Assert.True(errors.Count == 0, $"{rules}\n=====\n{conversion.Script}\n{string.Join('\n', errors)}");
            }
        }
    }

    private static string Path(string file) => Repository.Path("tests", "PluginMail.Filters.Tests", "Conversions", file);
}
