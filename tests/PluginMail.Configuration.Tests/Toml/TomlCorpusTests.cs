using System.Text.Json.Nodes;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

/// <summary>Every case of toml-lang/toml-test for TOML 1.0; skipped where the corpus is not on this machine.</summary>
public sealed class TomlCorpusTests
{
    public static TheoryData<string> Valid => Cases("valid/");

    public static TheoryData<string> Invalid => Cases("invalid/");

    [SkippableTheory]
    [MemberData(nameof(Valid))]
    public void Valid_document_means_its_json_and_is_written_back_unchanged(string path)
    {
        byte[] octets = Read(path);
        var document = TomlDocument.Parse(octets);
        Assert.Empty(document.Errors);
        var json = JsonNode.Parse(Read(Path.ChangeExtension(path, ".json")));
        Assert.Null(TaggedJson.Difference(document.Root, json, ""));
        Assert.Equal(octets, document.ToUtf8());
    }

    [SkippableTheory]
    [MemberData(nameof(Invalid))]
    public void Invalid_document_is_refused_with_a_position_inside_it(string path)
    {
        byte[] octets = Read(path);
        var document = TomlDocument.Parse(octets);
        Assert.NotEmpty(document.Errors);
        int lines = octets.Count(static o => o == '\n') + 1;
        Assert.All(document.Errors, error =>
        {
            Assert.InRange(error.Position.Line, 1, lines);
            Assert.InRange(error.Position.Column, 1, error.SourceLine.Length + 2);
            Assert.Contains("expected", error.Message, StringComparison.Ordinal);
        });
    }

    private static TheoryData<string> Cases(string prefix)
    {
        var cases = new TheoryData<string>();
        string? list = Repository.Corpus("toml-test/files-toml-1.0.0");
        if (list is null)
        {
            cases.Add("");
            return cases;
        }

        foreach (string line in File.ReadLines(list).Where(l => l.StartsWith(prefix, StringComparison.Ordinal) && l.EndsWith(".toml", StringComparison.Ordinal)))
        {
            cases.Add(line);
        }

        return cases;
    }

    private static byte[] Read(string path)
    {
        string? file = Repository.Corpus("toml-test/" + path);
        Skip.If(file is null || path.Length == 0, "toml-test is not on this machine.");
        return File.ReadAllBytes(file!);
    }
}
