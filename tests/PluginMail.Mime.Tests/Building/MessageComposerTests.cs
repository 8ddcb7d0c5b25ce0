using System.Text;

namespace PluginMail.Mime.Tests.Building;

public sealed class MessageComposerTests
{
    private static readonly DateTimeOffset Date = new(2026, 11, 21, 18, 8, 9, TimeSpan.FromHours(1));

    [Fact]
    public void Plain_text_needs_no_encoding()
    {
        var message = new MessageComposer { Body = MimeContent.Text("Hello\nworld\n") }
            .Add("From", new HeaderAddress("Ada", "ada", "example.com")).Add("Subject", "Hi").Add("Date", Date).AddRaw("Message-ID", "<1@x>").Compose();
        Assert.Equal(
            "From: Ada <ada@example.com>\r\nSubject: Hi\r\nDate: Sat, 21 Nov 2026 18:08:09 +0100\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\nworld\r\n",
            Encoding.UTF8.GetString(message.ToArray()));
    }

    [Theory]
    [InlineData("plain\n", "7bit")]
    [InlineData("ein paar Wörter, nicht viele Umlaute\n", "quoted-printable")]
    [InlineData("日本語の文章\n", "base64")]
    [InlineData("nul\0\n", "quoted-printable")]
    [InlineData("", "7bit")]
    public void Text_gets_the_fitting_transfer_encoding(string text, string encoding)
    {
        var bytes = new MessageComposer { Body = MimeContent.Text(text) }.Compose().ToArray();
        var part = MimeScanner.Scan(bytes).Root;
        Assert.Equal(encoding, part.TransferEncodingName);
        Assert.Equal(text.ReplaceLineEndings("\r\n"), Decoded(bytes, part));
    }

    [Fact]
    public void Long_lines_are_encoded()
    {
        var text = new string('x', 5000) + "\r\n";
        var bytes = new MessageComposer { Body = MimeContent.Text(text) }.Compose().ToArray();
        Assert.All(Encoding.UTF8.GetString(bytes).Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.Equal(text, Decoded(bytes, MimeScanner.Scan(bytes).Root));
    }

    [Fact]
    public void Attachments_and_an_original_come_back_byte_for_byte()
    {
        var original = "Subject: inner\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nä\r\n--b--"u8.ToArray();
        var data = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
        var bytes = new MessageComposer { Body = MimeContent.Text("see below") }
            .Attach(MimeContent.Data("application/pdf", data, "Überblick.pdf"))
            .Attach(MimeContent.Message([original.AsMemory(0, 10), original.AsMemory(10)], fileName: "original.eml")).Compose().ToArray();
        var structure = MimeScanner.Scan(bytes);
        TestMessages.AssertConsistent(bytes, structure);
        Assert.Equal("multipart/mixed(text/plain,application/pdf,message/rfc822[multipart/mixed(text/plain)])", TestMessages.Outline(structure.Root));
        Assert.Equal(MimeDefects.None, structure.Defects);
        var pdf = structure.Root.Children[1];
        Assert.Equal("Überblick.pdf", pdf.FileName);
        Assert.Equal(data, TransferDecoder.Decode(pdf.TransferEncoding, bytes.AsSpan((int)pdf.BodyStart, (int)pdf.BodyLength)));
        var message = structure.Root.Children[2];
        Assert.Equal(original, bytes.AsSpan((int)message.BodyStart, (int)message.BodyLength).ToArray());
        Assert.Equal("8bit", message.TransferEncodingName);
    }

    [Fact]
    public async Task Pieces_of_an_original_are_passed_on_uncopied()
    {
        ReadOnlyMemory<byte>[] pieces = [new byte[100_000], new byte[5]];
        var message = new MessageComposer().Attach(MimeContent.Message(pieces)).Compose();
        Assert.Contains(message.Segments, segment => segment.Equals(pieces[0]));
        Assert.Contains(message.Segments, segment => segment.Equals(pieces[1]));
        using var stream = new MemoryStream();
        await message.WriteToAsync(stream, CancellationToken.None);
        Assert.Equal(message.ToArray(), stream.ToArray());
    }

    [Fact]
    public void Boundaries_differ_from_message_to_message()
    {
        var body = MimeContent.Multipart("mixed", [MimeContent.Text("a")]);
        var boundaries = Enumerable.Range(0, 20).Select(_ =>
            MimeScanner.Scan(new MessageComposer { Body = body }.Compose().ToArray()).Root.ContentType["boundary"]).ToHashSet();
        Assert.Equal(20, boundaries.Count);
    }

    internal static string Decoded(byte[] message, MimePart part) => Encoding.UTF8.GetString(
        TransferDecoder.Decode(part.TransferEncoding, message.AsSpan((int)part.BodyStart, (int)part.BodyLength)));
}
