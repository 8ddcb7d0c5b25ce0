using System.Buffers;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Smtp.Tests;

public sealed class ReplyWriterTests
{
    [Theory]
    [InlineData("OK", "250 2.0.0 OK\r\n")]
    [InlineData("", "250 2.0.0 \r\n")]
    [InlineData("one\ntwo\n", "250-2.0.0 one\r\n250 2.0.0 two\r\n")]
    [InlineData("one\r\n250 injected\0\u001b[2J", "250-2.0.0 one \r\n250 2.0.0 250 injected  [2J\r\n")]
    [InlineData("für \ud83d\ude00", "250 2.0.0 f?r ?\r\n")]
    public void Writes_lines(string text, string expected) => Assert.Equal(expected, Write(text, allowsUtf8: false));

    [Theory]
    [InlineData("für \ud83d\ude00", "250 2.0.0 für \ud83d\ude00\r\n")]
    [InlineData("a\u0085b", "250 2.0.0 a?b\r\n")]
    public void Writes_utf8_where_it_was_asked_for(string text, string expected) => Assert.Equal(expected, Write(text, allowsUtf8: true));

    [Theory]
    [InlineData('a')]
    [InlineData('ü')]
    [InlineData('€')]
    public void Parts_long_lines(char letter)
    {
        string text = string.Join(' ', Enumerable.Repeat(new string(letter, 30), 100)) + new string(letter, 2000);
        string[] lines = Write(text, allowsUtf8: true).Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.All(lines[..^1], line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 10, ReplyWriter.MaximumLineLength - 2));
        Assert.All(lines[..^2], line => Assert.StartsWith("250-2.0.0 ", line, StringComparison.Ordinal));
        Assert.StartsWith("250 2.0.0 ", lines[^2], StringComparison.Ordinal);
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines[..^1].Select(line => line[10..].Replace(" ", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void Never_splits_a_surrogate_pair()
    {
        string text = "a" + string.Concat(Enumerable.Repeat("\ud83d\ude00", 600));
        Assert.DoesNotContain('\ufffd', Write(text, allowsUtf8: true));
        Assert.Equal("250 2.0.0 half ?\r\n", Write("half \ud83d", allowsUtf8: false));
        Assert.DoesNotContain("??", Write("a\ud83d\ude00", allowsUtf8: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_challenges()
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyWriter.WriteChallenge(output, []);
        ReplyWriter.WriteChallenge(output, new byte[9000]);
        string text = Encoding.ASCII.GetString(output.WrittenSpan);
        Assert.StartsWith("334 \r\n334 AAAA", text, StringComparison.Ordinal);
        Assert.Equal(12000 + 4 + 2 + 6, text.Length);
    }

    private static string Write(string text, bool allowsUtf8)
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyWriter.Write(output, new SmtpReply(250, new(2, 0, 0), text), allowsUtf8);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
