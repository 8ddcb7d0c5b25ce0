using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Text;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Words, winnowing, and the index of fingerprints.</summary>
public sealed class FingerprintTests
{
    [Theory]
    [InlineData("The quick brown FOX jumps", "the  QUICK,\r\nbrown fox: (jumps)")]
    [InlineData("Größe und Übermaß ÄÖ eins zwei", "GRÖßE UND ÜBERMAß äö Eins Zwei")]
    [InlineData("Секретный отчёт о сделке за год", "секретный ОТЧЁТ о Сделке; за год")]
    [InlineData("confidential information about the offer", "confiden-\r\ntial informa\u00ADtion about the of\u200Bfer")]
    [InlineData("of\uFB01ce \uFB02oor e\uFB00ect and a\uFB03nity found", "office floor effect and affinity found")]
    [InlineData("\uFF21\uFF22\uFF23 one two three four", "abc one two three four")]
    [InlineData("機密文書です見ないで", "機密 文書です、\n見ないで")]
    [InlineData("Gr\u00F6\u00DFe und \u00DCberma\u00DF", "GRO\u0308SSE und U\u0308berma\u00DF")]
    public void Case_layout_and_punctuation_make_no_difference(string one, string other) => Assert.Equal(WordsOf(one), WordsOf(other));

    [Theory]
    [InlineData("well-known fact", "well known fact")]
    [InlineData("a-\nB", "a b")]
    [InlineData("don't", "don t")]
    [InlineData("x\U0001F600y", "x y")]
    public void What_parts_words(string one, string other) => Assert.Equal(WordsOf(one), WordsOf(other));

    [Fact]
    public void Different_words_have_different_hashes() =>
        Assert.Equal(5000, new TextGenerator(9).Words(200_000).Distinct().Take(5000).SelectMany(WordsOf).Distinct().Count());

    [Fact]
    public void Pieces_give_the_same_as_the_whole()
    {
        string text = new TextGenerator(3).Prose(2000);
        List<Fingerprint> whole = [];
        List<Fingerprint> pieces = [];
        var first = new Winnower(1, whole.Add);
        first.Write(text);
        first.Break();
        var second = new Winnower(1, pieces.Add);
        for (int i = 0; i < text.Length; i += 7)
        {
            second.Write(text.AsSpan(i, Math.Min(7, text.Length - i)));
        }

        second.Break();
        Assert.Equal(whole, pieces);
        Assert.InRange(whole.Count, 2000 / 12, 2000 / 6);
    }

    [Fact]
    public void Any_run_of_the_guaranteed_length_shares_a_fingerprint_wherever_it_stands()
    {
        string[] document = new TextGenerator(4).Words(3000);
        var own = Hashes(string.Join(' ', document));
        var around = new TextGenerator(5);
        for (int start = 0; start + Winnower.GuaranteedWords <= document.Length; start += 3)
        {
            string run = string.Join(' ', document.AsSpan(start, Winnower.GuaranteedWords).ToArray());
            Assert.True(Hashes($"{around.Prose(30)} {run} {around.Prose(30)}").Overlaps(own), $"the run at {start}");
        }
    }

    [Fact]
    public void Fingerprints_point_at_their_words()
    {
        string[] words = new TextGenerator(6).Words(500);
        List<Fingerprint> found = [];
        var winnower = new Winnower(1, found.Add);
        winnower.Write(string.Join(' ', words));
        winnower.Break();
        foreach (var fingerprint in found)
        {
            string run = string.Join(' ', words.AsSpan(fingerprint.Position, Winnower.ShingleWords).ToArray());
            Assert.Contains(fingerprint.Hash, Hashes(run));
        }
    }

    [Fact]
    public void An_index_of_another_key_knows_nothing()
    {
        string text = new TextGenerator(7).Prose(300);
        Assert.False(Hashes(text, 1).Overlaps(Hashes(text, 2)));
    }

    [Fact]
    public void Documents_are_found_in_all_segments_and_after_merging_and_reopening()
    {
        using var bench = new IndexBench();
        string[] texts = [.. Enumerable.Range(0, 30).Select(i => new TextGenerator(100 + i).Prose(400))];
        foreach (string text in texts)
        {
            bench.Add(text);
        }

        AssertAll();
        Assert.InRange(bench.Index.Catalog.Segments.Length, 1, 8);
        bench.Reopen(out bool wasDamaged);
        Assert.False(wasDamaged);
        AssertAll();
        Assert.Equal(bench.Index.Catalog.Segments.Length, Directory.GetFiles(bench.Folder, "*.seg").Length);

        void AssertAll()
        {
            for (int i = 0; i < texts.Length; i++)
            {
                Assert.Equal($"/{i}", bench.Match(texts[i])[0].Document.Path);
                Assert.InRange(bench.Match(texts[i])[0].Percent, 85, 100);
            }
        }
    }

    [Fact]
    public void A_forgotten_document_is_found_no_more_and_the_others_are()
    {
        using var bench = new IndexBench();
        string[] texts = [.. Enumerable.Range(0, 3).Select(i => new TextGenerator(200 + i).Prose(400))];
        bench.Add(texts);
        bench.Forget("/1");
        Assert.Empty(bench.Match(texts[1]));
        Assert.Single(bench.Match(texts[2]));
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_and_what_was_there_stays()
    {
        using var bench = new IndexBench();
        string text = new TextGenerator(8).Prose(400);
        bench.Add(text);
        File.WriteAllBytes(Path.Combine(bench.Folder, "0123.seg.new"), new byte[100]);
        File.WriteAllBytes(Path.Combine(bench.Folder, "4567.seg"), new byte[100]);
        File.WriteAllBytes(Path.Combine(bench.Folder, "catalog.json.new"), new byte[10]);
        bench.Reopen(out bool wasDamaged);
        Assert.False(wasDamaged);
        Assert.Single(bench.Match(text));
        bench.Index.TryLock()!.Dispose();
        Assert.Equal(["catalog.json", "lock"], Directory.GetFiles(bench.Folder).Select(Path.GetFileName).Where(name => !name!.Contains(bench.Index.Catalog.Segments[0])).Order());
    }

    [Fact]
    public void A_damaged_segment_is_noticed()
    {
        using var bench = new IndexBench();
        bench.Add(new TextGenerator(8).Prose(400));
        bench.Index.Dispose();
        using (var file = File.OpenWrite(Directory.GetFiles(bench.Folder, "*.seg").Single()))
        {
            file.SetLength(file.Length - 3);
        }

        var index = bench.Reopen(out bool wasDamaged);
        Assert.True(wasDamaged);
        Assert.Empty(index.Catalog.Documents);
    }

    [Fact]
    public void A_catalog_that_cannot_be_read_is_an_error_and_nothing_is_lost()
    {
        using var bench = new IndexBench();
        bench.Add(new TextGenerator(8).Prose(400));
        bench.Index.Dispose();
        string catalog = Path.Combine(bench.Folder, "catalog.json");
        File.Move(catalog, catalog + ".kept");
        Directory.CreateDirectory(catalog);
        Assert.Throws<UnauthorizedAccessException>(() => bench.Reopen(out _));
        Assert.Single(Directory.GetFiles(bench.Folder, "*.seg"));
        Directory.Delete(catalog);
        File.Move(catalog + ".kept", catalog);
        Assert.Single(bench.Reopen(out bool wasDamaged).Catalog.Documents);
        Assert.False(wasDamaged);
    }

    [Fact]
    public void An_index_of_an_earlier_version_is_used_until_its_documents_are_read_anew()
    {
        using var bench = new IndexBench();
        string text = new TextGenerator(8).Prose(400);
        bench.Add(text);
        string catalog = Path.Combine(bench.Folder, "catalog.json");
        Assert.DoesNotContain(bench.Index.Catalog.Documents, document => document.IsOutdated);
        File.WriteAllText(catalog, File.ReadAllText(catalog).Replace("\"version\":2,", "\"version\":1,", StringComparison.Ordinal));
        bench.Reopen(out bool wasDamaged);
        Assert.False(wasDamaged);
        Assert.True(Assert.Single(bench.Index.Catalog.Documents).IsOutdated);
        Assert.Single(bench.Match(text));

        bench.Add(new TextGenerator(9).Prose(400));
        bench.Reopen(out _);
        Assert.Equal([true, false], bench.Index.Catalog.Documents.Select(document => document.IsOutdated));
    }

    [Fact]
    public void A_damaged_catalog_is_set_aside_and_told()
    {
        using var bench = new IndexBench();
        bench.Add(new TextGenerator(8).Prose(400));
        string catalog = Path.Combine(bench.Folder, "catalog.json");
        File.WriteAllText(catalog, "{ \"version\": 1, ");
        var index = bench.Reopen(out bool wasDamaged);
        Assert.True(wasDamaged);
        Assert.Contains("catalog.json.damaged-1", index.TakeDamage(), StringComparison.Ordinal);
        Assert.Equal("", index.TakeDamage());
        Assert.Equal("{ \"version\": 1, ", File.ReadAllText(catalog + ".damaged-1"));
    }

    [Fact]
    public void A_catalog_that_is_damaged_while_it_is_used_is_set_aside_and_written_anew()
    {
        using var bench = new IndexBench();
        string text = new TextGenerator(8).Prose(400);
        bench.Add(text);
        string catalog = Path.Combine(bench.Folder, "catalog.json");
        File.WriteAllText(catalog, "x");
        bench.Index.TryLock()!.Dispose();
        Assert.NotEqual("", bench.Index.TakeDamage());
        Assert.True(File.Exists(catalog + ".damaged-1"));
        bench.Reopen(out bool wasDamaged);
        Assert.False(wasDamaged);
        Assert.Single(bench.Match(text));
    }

    [Fact]
    public void However_many_copies_of_a_document_there_are_it_is_found()
    {
        using var bench = new IndexBench();
        string text = new TextGenerator(8).Prose(400);
        bench.Add([.. Enumerable.Repeat(text, 40)]);
        bench.Add([.. Enumerable.Repeat(text, 40)]);
        Assert.Equal("/0", bench.Match(text, common: 10).Single().Document.Path);
        long entries = bench.Index.Entries;
        bench.Add(text.ToUpperInvariant());
        Assert.Equal(entries, bench.Index.Entries);
        bench.Forget("/0");
        Assert.Equal("/1", bench.Match(text, common: 10).Single().Document.Path);
        Assert.Equal(80, bench.Index.Catalog.Documents.Length);
    }

    [Fact]
    public async Task A_closed_index_says_so()
    {
        using var bench = new IndexBench();
        bench.Index.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Task.Run(bench.Index.Read).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task What_it_has_is_counted_beside_its_writer()
    {
        using var bench = new IndexBench();
        using var stop = new CancellationTokenSource();
        var counting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.InRange(bench.Index.Entries, 0, long.MaxValue);
            }
        });
        for (int i = 0; i < 60 && !counting.IsCompleted; i++)
        {
            bench.Add(new TextGenerator(i).Prose(50));
        }

        await stop.CancelAsync();
        await counting;
    }

    [Fact]
    public void One_writer_at_a_time_and_others_follow()
    {
        using var bench = new IndexBench();
        string text = new TextGenerator(8).Prose(400);
        using var other = FingerprintIndex.Open(bench.Folder, out _);
        using (bench.Index.TryLock())
        {
            Assert.Null(other.TryLock());
        }

        bench.Add(text);
        using (other.TryLock())
        {
            Assert.Equal(bench.Index.Key, other.Key);
            Assert.Single(other.Catalog.Documents);
        }
    }

    [Fact]
    public void A_reader_keeps_what_it_reads_while_the_index_changes()
    {
        using var bench = new IndexBench();
        bench.Add(new TextGenerator(1).Prose(400));
        using var before = bench.Index.Read();
        for (int i = 0; i < 5; i++)
        {
            bench.Add(new TextGenerator(10 + i).Prose(400));
        }

        Assert.Single(before.Catalog.Documents);
        Assert.Equal(0, before.Find(0, new int[10]));
        Assert.NotEqual(before.Segments[0].Path, bench.Index.Read().Segments[0].Path);
    }

    [Fact]
    public void What_many_documents_share_does_not_count_nor_what_is_known_to_all()
    {
        using var bench = new IndexBench();
        string disclaimer = new TextGenerator(20).Prose(80);
        string license = new TextGenerator(21).Prose(80);
        string[] own = [.. Enumerable.Range(0, 20).Select(i => new TextGenerator(300 + i).Prose(200))];
        bench.Add([.. own.Select(text => $"{text}\n{disclaimer}\n{license}")]);
        Assert.Equal(20, bench.Match(disclaimer).Count);
        Assert.Empty(bench.Match(disclaimer, common: 10));
        bench.Add([disclaimer], "public");
        Assert.Empty(bench.Match(disclaimer, ignored: "public"));
        Assert.Equal(20, bench.Match(license, ignored: "public").Count);
        Assert.Equal("/7", bench.Match(own[7], ignored: "public", common: 10).Single().Document.Path);
    }

    private static HashSet<ulong> Hashes(string text, ulong key = 1)
    {
        var hashes = new DocumentHashes(key);
        hashes.Sink.Write(text);
        return [.. hashes.Finish()];
    }

    private static List<ulong> WordsOf(string text)
    {
        var words = default(Words);
        List<ulong> list = [];
        foreach (char c in FoldedText.Of(text))
        {
            int ended = words.Take(c, out ulong first, out ulong second);
            list.AddRange((ended & 1) != 0 ? [first] : []);
            list.AddRange((ended & 2) != 0 ? [second] : []);
        }

        list.AddRange(words.End(out ulong last) ? [last] : []);
        return list;
    }
}
