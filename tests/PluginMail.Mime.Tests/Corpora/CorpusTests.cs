using System.Diagnostics;
using System.Text;

namespace PluginMail.Mime.Tests.Corpora;

public sealed class CorpusTests
{
    [SkippableFact]
    public void Offsets_of_every_message_are_consistent()
    {
        ForEach((_, message) => TestMessages.AssertConsistent(message, MimeScanner.Scan(message)));
    }

    [SkippableFact]
    public void Offsets_are_consistent_with_CRLF_too()
    {
        ForEach((_, message) =>
        {
            var crlf = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message).Replace("\r\n", "\n").Replace("\n", "\r\n"));
            var structure = MimeScanner.Scan(crlf);
            TestMessages.AssertConsistent(crlf, structure);
            Assert.Equal(TestMessages.Outline(MimeScanner.Scan(message).Root), TestMessages.Outline(structure.Root));
        });
    }

    [SkippableFact]
    public void Pieces_do_not_change_the_structure()
    {
        ForEach((_, message) =>
        {
            var expected = TestMessages.Encode(MimeScanner.Scan(message));
            var random = new Random(message.Length);
            Assert.Equal(expected, TestMessages.Encode(TestMessages.ScanInPieces(message, _ => 1)));
            Assert.Equal(expected, TestMessages.Encode(TestMessages.ScanInPieces(message, _ => random.Next(1, 100))));
            Assert.Equal(expected, TestMessages.Encode(TestMessages.ScanInPieces(message, _ => random.Next(1, 5000))));
        });
    }

    [SkippableFact]
    public void Stored_form_round_trips()
    {
        ForEach((_, message) =>
        {
            var stored = TestMessages.Encode(MimeScanner.Scan(message));
            Assert.True(MimeStructure.TryDecode(stored, out var decoded));
            Assert.Equal(stored, TestMessages.Encode(decoded!));
            TestMessages.AssertConsistent(message, decoded!);
        });
    }

    [SkippableFact]
    public void Fields_cover_the_header()
    {
        ForEach((_, message) =>
        {
            HeaderBlock.FindBody(message, out var headerEnd);
            Assert.Equal(MimeScanner.Scan(message).Root.HeaderEnd, headerEnd);
            var position = 0;
            foreach (var field in new HeaderBlock(message.AsSpan(0, headerEnd)))
            {
                Assert.Equal(position, field.Start);
                position = field.End;
            }
            Assert.Equal(headerEnd, position);
        });
    }

    [SkippableTheory]
    [InlineData("multipart-digest.txt", "message/rfc822[multipart/digest(message/rfc822[text/plain],message/rfc822[text/plain])]")]
    [InlineData("missing-subtype.txt", "application/octet-stream")]
    [InlineData("simple-embedded-message.eml", "multipart/mixed(text/plain,message/rfc822[text/plain])")]
    public void Outlines_are_as_read_by_hand(string name, string outline)
    {
        var message = File.ReadAllBytes(FileNamed(name));
        Assert.Equal(outline, TestMessages.Outline(MimeScanner.Scan(message).Root));
    }

    [SkippableFact]
    public void Thousands_of_encoded_words_in_one_phrase_are_read_in_linear_time()
    {
        var message = File.ReadAllBytes(FileNamed("stack-overflow.txt"));
        var started = Stopwatch.GetTimestamp();
        var envelope = MimeScanner.Scan(message).Root.Envelope!;
        Assert.False(envelope.IsComplete);
        Assert.True(new HeaderBlock(message).TryFind("To"u8, out var to));
        Assert.Equal("test@test.com", AddressParser.Parse(to.RawValue)[0].Address);
        Assert.Contains("2017-08-20", HeaderText.Decode(to.RawValue).Text, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static string FileNamed(string name)
    {
        Skip.If(Corpus.Files.Count == 0, "../shared/corpora is not there");
        return Corpus.Files.Single(file => Path.GetFileName(file) == name);
    }

    private static void ForEach(Action<string, byte[]> check)
    {
        Skip.If(Corpus.Files.Count == 0, "../shared/corpora is not there");
        foreach (var file in Corpus.Files)
        {
            check(Path.GetFileName(file), File.ReadAllBytes(file));
        }
    }
}
