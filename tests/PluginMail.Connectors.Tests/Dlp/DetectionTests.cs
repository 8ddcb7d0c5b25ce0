using PluginMail.Dlp.Rules;
using PluginMail.Testing.Plugins;
using Xunit.Abstractions;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>How many of what should be found is found, and how many of what should not is.</summary>
public sealed class DetectionTests(RegisteredDocuments documents, ITestOutputHelper output) : IClassFixture<RegisteredDocuments>
{
    private const int Trials = 1000;

    [Theory]
    [InlineData("excerpt of 60 words", 60, 0, 0.99)]
    [InlineData("excerpt of 100 words", 100, 0, 0.999)]
    [InlineData("excerpt of 150 words, one word in 40 changed", 150, 40, 0.98)]
    [InlineData("excerpt of 300 words, one word in 20 changed", 300, 20, 0.98)]
    [InlineData("excerpt of 1000 words, one word in 12 changed", 1000, 12, 0.98)]
    public void Excerpts_and_edits_are_found(string what, int words, int edited, double least)
    {
        Rate(what, least, (random, document) =>
        {
            int start = random.Next(document.Length - words);
            string[] excerpt = document[start..(start + words)];
            for (int i = edited == 0 ? words : random.Next(edited); i < words; i += edited)
            {
                excerpt[i] = "changed";
            }

            return excerpt;
        });
    }

    [Fact]
    public void Reordered_paragraphs_are_found() => Rate("ten paragraphs of 30 words in another order", 0.99, (random, document) =>
    {
        int start = random.Next(document.Length - 300);
        return [.. document[start..(start + 300)].Chunk(30).OrderBy(_ => random.Next()).SelectMany(words => words)];
    });

    [Fact]
    public void Innocent_mail_is_not()
    {
        int alarms = 0;
        const int Mails = 10_000;
        for (int i = 0; i < Mails; i++)
        {
            var generator = new TextGenerator(1_000_000 + i);
            int words = 50 + (i % 50 == 0 ? 10_000 : i % 700);
            alarms += Found(generator.Prose(words)).Any() ? 1 : 0;
        }

        output.WriteLine($"innocent mail: {alarms} false alarms in {Mails} ({100.0 * alarms / Mails:0.###} %)");
        Assert.InRange(alarms, 0, Mails / 1000);
    }

    [Fact]
    public void Phrases_of_a_document_are_not_found()
    {
        int alarms = 0;
        for (int i = 0; i < Trials; i++)
        {
            string[] document = documents.Texts[i % documents.Texts.Length];
            var generator = new TextGenerator(2_000_000 + i);
            alarms += Found(generator.Prose([.. generator.Words(200), .. document[50..62], .. generator.Words(200)])).Any() ? 1 : 0;
        }

        output.WriteLine($"mail of 400 words with a phrase of 12 words: {alarms} alarms in {Trials}");
        Assert.InRange(alarms, 0, Trials / 200);
    }

    private void Rate(string what, double least, Func<Random, string[], string[]> excerpt)
    {
        int found = 0;
        int wrong = 0;
        for (int i = 0; i < Trials; i++)
        {
            var random = new Random(i);
            int number = random.Next(documents.Texts.Length);
            var generator = new TextGenerator(3_000_000 + i);
            string mail = generator.Prose([.. generator.Words(100), .. excerpt(random, documents.Texts[number]), .. generator.Words(100)]).ToUpperInvariant();
            var paths = Found(mail).ToList();
            found += paths.Contains($"/{number}") ? 1 : 0;
            wrong += paths.Count(path => path != $"/{number}");
        }

        output.WriteLine($"{what}: {100.0 * found / Trials:0.0} % of {Trials} found; {wrong} other documents named");
        Assert.InRange((double)found / Trials, least, 1);
        Assert.InRange(wrong, 0, Trials / 1000);
    }

    private IEnumerable<string> Found(string mail) =>
        documents.Bench.Match(mail).Where(documents.Collection.IsFinding).Select(match => match.Document.Path);
}

/// <summary>500 documents of 1,000 to 6,000 words, with the settings that a collection has by default.</summary>
public sealed class RegisteredDocuments : IDisposable
{
    public RegisteredDocuments() => Bench.Add([.. Texts.Select((words, i) => new TextGenerator(i).Prose(words))]);

    internal string[][] Texts { get; } = [.. Enumerable.Range(0, 500).Select(i => new TextGenerator(10_000 + i).Words(1000 + (i * 10)))];

    internal IndexBench Bench { get; } = new();

    internal CollectionSettings Collection { get; } =
        CollectionSettings.Read(new DictionarySettings(new Dictionary<string, object>()), otherwise: null);

    public void Dispose() => Bench.Dispose();
}
