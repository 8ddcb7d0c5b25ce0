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
    private static bool Updates => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static TheoryData<string> Accepted() => Scripts("accept");

    public static TheoryData<string> Rejected() => Scripts("reject");

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

    [Fact]
    public void The_vocabulary_reference_is_current() =>
        Golden(Repository.Path("grammar", "vocabulary.md"), VocabularyDocument.Write(FilterVocabulary.Standard));

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
