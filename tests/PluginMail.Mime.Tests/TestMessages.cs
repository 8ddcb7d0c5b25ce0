using System.Buffers;
using System.Text;

namespace PluginMail.Mime.Tests;

internal static class TestMessages
{
    public static byte[] Crlf(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    public static byte[] Lf(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));

    public static string Slice(byte[] message, long start, long end) => Encoding.Latin1.GetString(message, (int)start, (int)(end - start));

    public static string Body(byte[] message, MimePart part) => Slice(message, part.BodyStart, part.BodyEnd);

    public static string Header(byte[] message, MimePart part) => Slice(message, part.HeaderStart, part.HeaderEnd);

    public static byte[] Encode(MimeStructure structure)
    {
        var output = new ArrayBufferWriter<byte>();
        structure.Encode(output);
        return output.WrittenSpan.ToArray();
    }

    public static MimeStructure ScanInPieces(byte[] message, Func<int, int> pieceLength, MimeLimits? limits = null)
    {
        var scanner = new MimeScanner(limits);
        for (var position = 0; position < message.Length;)
        {
            var length = Math.Clamp(pieceLength(position), 1, message.Length - position);
            scanner.Append(message.AsSpan(position, length));
            position += length;
        }
        return scanner.Finish();
    }

    /// <summary>The tree as one line: "multipart/mixed(text/plain,message/rfc822[text/plain])".</summary>
    public static string Outline(MimePart part) => part.ContentType.MediaType
        + (part.Children.Count > 0 ? $"({string.Join(",", part.Children.Select(Outline))})" : "")
        + (part.EmbeddedMessage is null ? "" : $"[{Outline(part.EmbeddedMessage)}]");

    /// <summary>Offsets nest and follow each other, lines are those of the bytes, header and body meet.</summary>
    public static void AssertConsistent(byte[] message, MimeStructure structure)
    {
        Assert.Equal(message.Length, structure.Length);
        Assert.Equal(0, structure.Root.HeaderStart);
        Assert.Equal(message.Length, structure.Root.BodyEnd);
        AssertConsistent(message, structure.Root);
    }

    private static void AssertConsistent(byte[] message, MimePart part)
    {
        Assert.True(part.HeaderStart <= part.HeaderEnd && part.HeaderEnd <= part.BodyStart && part.BodyStart <= part.BodyEnd);
        Assert.Equal(Slice(message, part.HeaderStart, part.BodyStart).Count(c => c == '\n'), part.HeaderLines);
        Assert.Equal(Body(message, part).Count(c => c == '\n'), part.BodyLines);
        Assert.Contains(Slice(message, part.HeaderEnd, part.BodyStart), (string[])["", "\n", "\r\n"]);
        var position = part.BodyStart;
        foreach (var child in part.Children)
        {
            Assert.True(child.HeaderStart > position, "a boundary line stands before each part");
            Assert.Contains("--", Slice(message, position, child.HeaderStart), StringComparison.Ordinal);
            Assert.True(child.BodyEnd <= part.BodyEnd);
            AssertConsistent(message, child);
            position = child.BodyEnd;
        }
        if (part.EmbeddedMessage is { } embedded)
        {
            Assert.Equal(part.BodyStart, embedded.HeaderStart);
            Assert.Equal(part.BodyEnd, embedded.BodyEnd);
            AssertConsistent(message, embedded);
        }
        foreach (var field in part.Envelope?.Fields ?? [])
        {
            var name = field.Header.ToString().Replace("ReplyTo", "Reply-To").Replace("MessageId", "Message-Id").Replace("InReply-To", "In-Reply-To");
            Assert.StartsWith(name, Slice(message, field.Offset, part.HeaderEnd), StringComparison.OrdinalIgnoreCase);
            Assert.Contains(Encoding.Latin1.GetString(field.RawValue.Span), Slice(message, field.Offset, part.HeaderEnd), StringComparison.Ordinal);
        }
    }
}
