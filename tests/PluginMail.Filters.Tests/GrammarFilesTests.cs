using PluginMail.Filters.Checking;
using PluginMail.Filters.Tests.Support;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Tests;

/// <summary>
/// Holds the files under grammar/ to the parser and the vocabulary. With UPDATE_GOLDEN=1 the expected files are written
/// anew instead of compared; the change is then reviewed like any other.
/// </summary>
public sealed class GrammarFilesTests
{
    /// <summary>Findings about a script or string beyond a limit of many kibioctets; SyntaxPropertyTests has them.</summary>
    private static readonly string[] TooLargeForAnExample = [FilterCodes.ScriptTooLarge, FilterCodes.StringTooLong];

    private static bool Updates => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static TheoryData<string> Accepted() => Scripts("accept");

    public static TheoryData<string> Rejected() => Scripts("reject");

    public static TheoryData<string> RejectedInMailbox() => Scripts(Path.Combine("reject", "mailbox"));

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Accepted_scripts_compile_without_any_finding(string file)
    {
        var compilation = Compile("accept", file);
        Assert.Equal("", DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void Rejected_scripts_have_the_expected_findings(string file)
    {
        var compilation = Compile("reject", file);
        var printed = DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics);
        Assert.NotEqual("", printed);
        Golden(Repository.Path("grammar", "reject", Path.ChangeExtension(file, ".expected")), printed);
    }

    /// <summary>Scripts in reject/mailbox are checked with a mailbox at hand, and with a plugin that is not loaded.</summary>
    [Theory]
    [MemberData(nameof(RejectedInMailbox))]
    public void Scripts_of_a_known_mailbox_have_the_expected_findings(string file)
    {
        var options = new FilterCompilerOptions
        {
            Vocabulary = FilterVocabulary.CreateBuilder().AddUnloaded("rains", "weather").Build(),
            Mailbox = new(["INBOX", "Finance", "Sales"], ["owner@example.test", "owner.alias@example.test"]),
        };
        var compilation = FilterCompiler.Compile(File.ReadAllBytes(Repository.Path("grammar", "reject", "mailbox", file)), file, options);
        Golden(
            Repository.Path("grammar", "reject", "mailbox", Path.ChangeExtension(file, ".expected")),
            DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
    }

    /// <summary>A code without an example is a code that nobody has seen.</summary>
    [Fact]
    public void Every_diagnostic_has_an_example()
    {
        var shown = Directory.GetFiles(Repository.Path("grammar", "reject"), "*.expected", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var codes = typeof(FilterCodes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)
            .Where(code => !code.StartsWith("F3", StringComparison.Ordinal) && !TooLargeForAnExample.Contains(code));
        Assert.DoesNotContain(codes, code => !shown.Exists(text => text.Contains($"[{code}]", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_vocabulary_reference_is_current() =>
        Golden(Repository.Path("grammar", "vocabulary.md"), VocabularyDocument.Write(FilterVocabulary.Standard));

    [Fact]
    public void The_editor_grammar_is_current() =>
        Golden(Repository.Path("grammar", "sieve.tmLanguage.json"), EditorGrammar.Write(FilterVocabulary.Standard));

    private static void Golden(string path, string actual)
    {
        if (Updates)
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static FilterCompilation Compile(string folder, string file) =>
        FilterCompiler.Compile(File.ReadAllBytes(Repository.Path("grammar", folder, file)), file);

    private static TheoryData<string> Scripts(string folder) =>
        new(Directory.GetFiles(Repository.Path("grammar", folder), "*.sieve").Select(path => Path.GetFileName(path)).Order());
}
