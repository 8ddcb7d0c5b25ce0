using PluginMail.Dlp;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Numbers with check digits, and dictionaries.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("card", "4012888888881881")]
    [InlineData("card", "number 5555 5555 5555 4444.")]
    [InlineData("card", "3782-822463-10005")]
    [InlineData("card", "(6011111111111117)")]
    [InlineData("card", "12/2031 4012 8888 8888 1881 737")]
    [InlineData("card", "2031 4012888888881881")]
    [InlineData("card", "Smith,4012888888881881,12/27")]
    [InlineData("card", "17,4012888888881881,123")]
    [InlineData("card", "Card No.4012888888881881")]
    [InlineData("card", "x.4111111111111111")]
    [InlineData("iban", "de89 3704 0044 0532 0130 00 bic cobadeffxxx")]
    [InlineData("iban", "IBAN: DE89 3704 0044 0532 0130 00")]
    [InlineData("iban", "GB29NWBK60161331926819, please")]
    [InlineData("iban", "NL91ABNA0417164300 BIC ABNANL2A")]
    [InlineData("mrz", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")]
    [InlineData("passport", "my passport is C01X00T47")]
    [InlineData("passport", "Паспорт 45 10 123456 выдан")]
    [InlineData("inn", "ИНН 7707083893")]
    [InlineData("inn", "inn: 500100732259")]
    [InlineData("snils", "112-233-445 95")]
    [InlineData("steuer_id", "86 095 742 719")]
    [InlineData("steuer_id", "47036892816")]
    [InlineData("codice_fiscale", "RSSMRA85T10A562S")]
    [InlineData("nif", "12345678Z")]
    [InlineData("nif", "x1234567-L")]
    [InlineData("ssn", "SSN 123-45-6789")]
    [InlineData("card", "４０１２ ８８８８ ８８８８ １８８１")]
    [InlineData("iban", "DE٨٩ ٣٧٠٤ ٠٠٤٤ ٠٥٣٢ ٠١٣٠ ٠٠")]
    [InlineData("card", "𝟒𝟎𝟏𝟐 𝟖𝟖𝟖𝟖 𝟖𝟖𝟖𝟖 𝟏𝟖𝟖𝟏")]
    [InlineData("card", "-4012888888881881-")]
    [InlineData("card", "4012 8888 8888 1881 - Smith")]
    [InlineData("card", "1111 1111 1111 1111 1111 1111 1111 1111 4012 8888 8888 1881")]
    [InlineData("iban", "FY24 DE89 3704 0044 0532 0130 00")]
    [InlineData("steuer_id", "٨٦٠٩٥٧٤٢٧١٩")]
    [InlineData("snils", "११२-२३३-४४५ ९५")]
    [InlineData("iban", "ＤＥ８９　３７０４　００４４　０５３２　０１３０　００")]
    [InlineData("iban", "DE89\u202F3704\u202F0044\u202F0532\u202F0130\u202F00")]
    [InlineData("card", "4\uFE0F\u20E30\uFE0F\u20E31\uFE0F\u20E3 2888888881881")]
    public void Is_found(string kind, string text) => Assert.NotNull(Search(Rule(kind), text));

    [Theory]
    [InlineData("card", "4012888888881882")]
    [InlineData("card", "4444444444444444")]
    [InlineData("card", "order 1234567812345670")]
    [InlineData("card", "id-4012888888881881")]
    [InlineData("card", "4012888888881881-id")]
    [InlineData("card", "0.4012888888881881")]
    [InlineData("card", "17.4012888888881881")]
    [InlineData("card", "0,4012888888881881")]
    [InlineData("card", "40128888888818811234567")]
    [InlineData("card", "share: 0,4012888888881881")]
    [InlineData("iban", "DE89370400440532013001")]
    [InlineData("iban", "XX89370400440532013000")]
    [InlineData("iban", "DE8937040044053201300012")]
    [InlineData("mrz", "L898902C36UTO7408122F1204159ZE184226B<<<<<11")]
    [InlineData("passport", "invoice C01X00T47")]
    [InlineData("inn", "phone 7707083893")]
    [InlineData("inn", "ИНН 7707083894")]
    [InlineData("snils", "112-233-445 96")]
    [InlineData("steuer_id", "12345678901")]
    [InlineData("codice_fiscale", "RSSMRA85T10A562T")]
    [InlineData("nif", "12345678A")]
    [InlineData("ssn", "part 123-45-6789")]
    [InlineData("ssn", "SSN 000-45-6789")]
    public void Is_not_found(string kind, string text) => Assert.Null(Search(Rule(kind), text));

    [Fact]
    public void Different_ones_are_counted()
    {
        var rule = Rule("card", ("minimum", 3L));
        Assert.Null(Search(rule, "4012888888881881 4012 8888 8888 1881 4111111111111111"));
        Assert.Equal("3 different ones", Search(rule, "4012888888881881 4111111111111111, 5555555555554444")!.Detail);
    }

    [Theory]
    [InlineData("card", "378282246310005 371449635398431")]
    [InlineData("card", "4012 8888 8888 1881 5555 5555 5555 4444")]
    [InlineData("iban", "DE89 3704 0044 0532 0130 00 GB29 NWBK 6016 1331 9268 19")]
    public void Of_two_side_by_side_both_count(string kind, string text) => Assert.Equal("2 different ones", Search(Rule(kind), text)!.Detail);

    [Fact]
    public void Empty_words_of_a_context_are_wrong()
    {
        var table = Table(("kind", "card"), ("context", new[] { "number", "" }));
        PatternRule.Read(table);
        Assert.Contains(table.Finish(), error => error.StartsWith("context:", StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_that_are_none_hide_none_behind_them()
    {
        string many = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{1_000_000_000_000 + i}, ")) + "4111111111111111";
        Assert.Equal("1 different ones", Search(Rule("card"), many)!.Detail);
    }

    [Fact]
    public void A_search_that_has_no_time_left_says_so()
    {
        var clock = new FakeTime();
        var budget = new TextBudget(new TextLimits(1, 1, 1, 1, 1, TimeSpan.FromSeconds(1)), clock, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(new NumberSearch([Rule("card")]).Run(string.Concat(Enumerable.Repeat("1000000000000, ", 1000)) + "4111111111111111", budget));
        Assert.Equal("more than can be read in time", budget.Problem);
    }

    [Fact]
    public void Random_digits_are_rarely_cards()
    {
        var random = new Random(3);
        var rule = Rule("card");
        int found = Enumerable.Range(0, 20_000).Count(_ => Search(rule, string.Concat(Enumerable.Range(0, 16).Select(_ => random.Next(10)))) is not null);
        Assert.InRange(found, 100, 20_000 / 20); // a tenth of the prefixes that issuers have
    }

    [Fact]
    public void Hostile_digits_end()
    {
        foreach (var kind in PatternKind.All.Keys)
        {
            Search(Rule(kind), new string('4', 1 << 16));
            Search(Rule(kind), string.Concat(Enumerable.Repeat("4 4-", 1 << 14)));
            Search(Rule(kind), string.Concat(Enumerable.Repeat("DE89 ", 1 << 14)));
        }
    }

    [Fact]
    public void A_dictionary_knows_whole_words_and_phrases_and_sums_their_weights()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# secret words\nProject Sunrise\t3\nmerger\nübernahme\t1.5\nArea ５１\t3\n");
            var rule = DictionaryRule.Read(Table(("file", file), ("name", "deals"), ("threshold", 3.0), ("action", "refuse")));
            Assert.Equal("1 of its phrases, weight 3", rule.Search("about PROJECT\r\nsunrise now")!.Detail);
            Assert.Equal(RuleAction.Refuse, rule.Search("project sunrise")!.Action);
            Assert.NotNull(rule.Search("area 51"));
            Assert.Null(rule.Search("merger merger merger of submergers"));
            Assert.Null(rule.Search("sunrise project, mergers"));
            Assert.Null(rule.Search("Die ÜBERNAHME, ein Merger"));
            Assert.NotNull(rule.Search("Die ÜBERNAHME, ein Merger von project sunrise"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Finding? Search(PatternRule rule, string text)
    {
        using var kept = new MailText(fingerprints: null, keeps: true);
        new FoldedText(kept).Write(text);
        return new NumberSearch([rule]).Run(kept.Kept, Budget()).FirstOrDefault();
    }

    private static TextBudget Budget() => new(new TextLimits(1, 1, 1, 1, 1, TimeSpan.FromMinutes(1)), TimeProvider.System, CancellationToken.None);

    private static PatternRule Rule(string kind, params (string Key, object Value)[] keys) => PatternRule.Read(Table([("kind", kind), .. keys]));

    private static DictionarySettings Table(params (string Key, object Value)[] keys) => new(keys.ToDictionary(pair => pair.Key, pair => pair.Value));
}
