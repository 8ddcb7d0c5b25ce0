using System.Diagnostics;
using System.Globalization;
using System.Text;
using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Text;
using PluginMail.Testing;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Equivalent characters are made equal.</summary>
public sealed class FoldingTests
{
    // Of each character that stands for others: itself, and the forms D, C and KD of it; and 1 where it is a letter.
    private const string Decompositions = """
        import sys, unicodedata as u
        for p in range(0x80, 0x110000):
            c = chr(p)
            forms = [u.normalize(form, c) for form in ('NFD', 'NFC', 'NFKD')]
            if not 0xD800 <= p < 0xE000 and any(form != c for form in forms):
                print(*('.'.join('%X' % ord(d) for d in text) for text in [c] + forms), int(u.category(c)[0] == 'L'))
        """;

    // What would be several words, or none: middle dots, ligatures with spaces in them, marks on a space, two kana or Lao letters in one.
    private const string NotTakenApart = "\u013F\u0140\u037A\u0EDC\u0EDD\u309F\u30FF\uFC5E\uFC5F\uFC60\uFC61\uFC62\uFC63\uFDFA\uFDFB\uFE70\uFE72\uFE74\uFE76\uFE78\uFE7A\uFE7C\uFE7E";

    [Theory]
    [InlineData("M\u00FCller", "Mu\u0308ller")]
    [InlineData("\u1EC7", "e\u0323\u0302")]
    [InlineData("\u1EC7", "\u1EB9\u0302")]
    [InlineData("\u0439 \u0451", "\u0438\u0306 \u0435\u0308")]
    [InlineData("\u00C5\u2126\u212A", "A\u030A\u03A9K")]
    [InlineData("\u0627\u0644\u0644\u0647", "\uFDF2")]
    [InlineData("\uAC01\uAC00", "\u1100\u1161\u11A8\u1100\u1161")]
    [InlineData("\u304C\u3071\u30F4\u30FA", "\u304B\u3099\u306F\u309A\u30A6\u3099\u30F2\u3099")]
    [InlineData("\u30AC\u30D1", "\uFF76\uFF9E\uFF8A\uFF9F")]
    [InlineData("\u65B9\u9F8D\u8C48", "\u2F45\u2FD3\uF900")]
    [InlineData("office float", "o\uFB03ce \uFB02oat")]
    [InlineData("ABC-12 xviii dz", "\uFF21\uFF22\uFF23\uFF0D\uFF11\u0662\u2002\u2179\u2177 \u01C6")]
    [InlineData("Secret 51", "\U0001D412\U0001D41E\U0001D41C\U0001D42B\U0001D41E\U0001D42D\u202F\U0001D7D3\U0001D7CF")]
    [InlineData("\u8FBB", "\u8FBB\U000E0100\uFE00")]
    [InlineData("\U0001109A", "\U00011099\U000110BA")]
    public void What_is_equivalent_is_equal(string one, string other) => Assert.Equal(FoldedText.Of(one), FoldedText.Of(other));

    [Theory]
    [InlineData("\u304C", "\u304B")]
    [InlineData("\u3071", "\u3070")]
    [InlineData("A", "a")]
    [InlineData("\u00BD", "12")]
    [InlineData("m\u00B2", "m2")]
    [InlineData("\uAC00", "\uAC01")]
    public void What_is_not_is_not(string one, string other) => Assert.NotEqual(FoldedText.Of(one), FoldedText.Of(other));

    [Theory]
    [InlineData("Straße, ΟΔΟΣ", "STRASSE, οδός")]
    [InlineData("RESUME ΑΘΗΝΑ ОТЧЕТ", "résumé Αθήνα отчёт")]
    [InlineData("IRAK istanbul", "ırak İSTANBUL")]
    [InlineData("\U00010400\U00010401", "\U00010428\U00010429")]
    public void Case_makes_no_difference_where_it_changes_letters_or_accents(string one, string other) =>
        Assert.Equal(Hashes(one, int.MaxValue), Hashes(other, int.MaxValue));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(255)]
    [InlineData(257)]
    public void Pieces_give_the_same_as_the_whole(int length)
    {
        string text = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i} Mu\u0308ller \u304B\u3099\u304B \u1100\u1161\u11A8\u1100\u1161 o\uFB03ce \U0001D412\u0301\uD83D "));
        var kept = new Extraction.Kept();
        var folded = new FoldedText(kept);
        for (int i = 0; i < text.Length; i += length)
        {
            folded.Write(text.AsSpan(i, Math.Min(length, text.Length - i)));
        }

        folded.Write("\u304B");
        folded.Break();
        Assert.Equal(FoldedText.Of(text) + "\u304B\f", kept.Text.ToString());
    }

    [Fact]
    public void Folding_again_changes_nothing_and_text_grows_within_bounds()
    {
        for (int point = 0; point <= 0x10FFFF; point++)
        {
            string text = point is >= 0xD800 and < 0xE000 ? ((char)point).ToString() : char.ConvertFromUtf32(point);
            string folded = FoldedText.Of(text);
            Assert.True(folded == FoldedText.Of(folded) && folded.Length <= text.Length * FoldingTable.Longest, $"U+{point:X4}");
            if (point > 0xFFFF && folded != text)
            {
                var kept = new Extraction.Kept(); // as programs that write a half at a time
                var halves = new FoldedText(kept);
                halves.Write([text[0]]);
                halves.Write([text[1]]);
                halves.Break();
                Assert.Equal(folded + "\f", kept.Text.ToString());
            }
        }
    }

    [SkippableFact]
    public async Task All_decompositions_of_Unicode_are_equal_to_what_they_are_of()
    {
        PeerProgram.Require("/usr/bin/python3", "python3");
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Decompositions]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        string[] lines = (await python.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await python.WaitForExitAsync();
        Assert.InRange(lines.Length, 16_000, 25_000);
        List<string> different = [];
        foreach (string line in lines)
        {
            string[] texts = [.. line.Split(' ')[..4].Select(Text)];
            string folded = FoldedText.Of(texts[0]);
            bool isTakenApart = line[^1] == '1' && !NotTakenApart.Contains(texts[0], StringComparison.Ordinal);
            if (folded != FoldedText.Of(texts[1]) || folded != FoldedText.Of(texts[2]) || (isTakenApart && folded != FoldedText.Of(texts[3])))
            {
                different.Add(line);
            }
        }

        Assert.True(different.Count == 0, $"is the table of an older Unicode? folding.py writes it. Different: {string.Join(", ", different.Take(20))}");
    }

    [Fact]
    public void A_document_is_found_however_its_accents_are_written()
    {
        const string Letters = "\u00E4\u00F6\u00FC\u00E9\u00E8\u00E7\u00F1\u00E5";
        string composed = new([.. new TextGenerator(12).Prose(400).Select((c, i) => "aou".Contains(c, StringComparison.Ordinal) ? Letters[i % Letters.Length] : c)]);
        var decomposed = new StringBuilder(composed);
        foreach (var (letter, parts) in Letters.Zip(["a\u0308", "o\u0308", "u\u0308", "e\u0301", "e\u0300", "c\u0327", "n\u0303", "a\u030A"]))
        {
            decomposed.Replace(letter.ToString(), parts);
        }

        Assert.True(decomposed.Length > composed.Length + 200);
        Assert.Equal(Hashes(composed, int.MaxValue), Hashes(decomposed.ToString(), 100));
    }

    private static ulong[] Hashes(string text, int piece)
    {
        var hashes = new DocumentHashes(1);
        var words = new FoldedText(hashes.Sink);
        for (int i = 0; i < text.Length; i += Math.Min(piece, text.Length - i))
        {
            words.Write(text.AsSpan(i, Math.Min(piece, text.Length - i)));
        }

        words.Break();
        return hashes.Finish();
    }

    private static string Text(string points) =>
        string.Concat(points.Split('.').Select(point => char.ConvertFromUtf32(int.Parse(point, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))));
}
