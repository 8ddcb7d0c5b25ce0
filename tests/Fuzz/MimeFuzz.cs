using System.Buffers;
using PluginMail.Mime;

namespace PluginMail.Fuzz;

public sealed class MimeFuzz
{
    private static readonly string[] Words =
    [
        "\r\n", "\n", "\r", "--x", "--x--", "\r\n--x\r\n", "\n--", "-", ": ", ";", "=", "\"", "\\", "(", ")", "<", ">", "@", ",", "=?utf-8?q?", "?=",
        "=?iso-2022-jp?B?", "*0*=", "*1=", "utf-8''%", "Content-Type: multipart/mixed; boundary=x\r\n\r\n", "Content-Type: message/rfc822\r\n\r\n",
        "boundary=", "charset=utf-7", "From ", "To: ", "\0", "\u00e4", "\uFFFD", "begin 644 a\n", "=\r\n", "====", "   ",
    ];

    [Fact]
    public void Structure() => FuzzRun.Run("mime", Words, input =>
    {
        var structure = MimeScanner.Scan(input);
        Assert.Equal(input.Length, structure.Length);
        AssertNested(structure.Root, input.Length);
        Assert.InRange(structure.Root.SelfAndDescendants().Count(), 1, MimeLimits.Default.MaxParts);
        var stored = Encode(structure);
        Assert.Equal(stored, Encode(ScanInPieces(input)));
        Assert.True(MimeStructure.TryDecode(stored, out var decoded));
        Assert.Equal(stored, Encode(decoded!));
        Assert.InRange(stored.Length, 1, (input.Length * 5) + 200);
        foreach (var part in structure.Root.SelfAndDescendants())
        {
            DecodeAll(part, input);
        }
    });

    [Fact]
    public void Header_and_addresses() => FuzzRun.Run("mime", Words, input =>
    {
        var bodyStart = HeaderBlock.FindBody(input, out var headerEnd);
        Assert.InRange(headerEnd, 0, bodyStart);
        var position = 0;
        foreach (var field in new HeaderBlock(input))
        {
            Assert.Equal(position, field.Start);
            Assert.True(field.End > field.Start);
            position = field.End;
            Assert.InRange(HeaderText.Decode(field.RawValue).Text.Length, 0, field.RawValue.Length * 2);
            Assert.InRange(AddressParser.Parse(field.RawValue).Count, 0, AddressParser.DefaultMaxAddresses);
            _ = MailDate.TryParse(field.RawValue, out _);
            _ = ContentType.TryParse(field.RawValue, out _);
        }
        var output = new ArrayBufferWriter<byte>();
        HeaderEdits.Apply(input, [new MimeHeaderEdit.Prepend("X", "y"), new MimeHeaderEdit.Remove("X", 1)], output);
        Assert.InRange(output.WrittenCount, input.Length, input.Length + 2);
    });

    [Fact]
    public void Stored_form() => FuzzRun.Run("mime", Words, input =>
    {
        var stored = Encode(MimeScanner.Scan(input));
        var random = new Random(stored.Length);
        for (var i = 0; i < 20; i++)
        {
            stored[random.Next(stored.Length)] = (byte)random.Next(256);
            if (MimeStructure.TryDecode(stored, out var structure))
            {
                AssertNested(structure!.Root, structure.Length);
                Assert.InRange(structure.Root.SelfAndDescendants().Count(), 1, stored.Length);
            }
        }
        input[..Math.Min(1, input.Length)].AsSpan().Fill(1);
        _ = MimeStructure.TryDecode(input, out _);
    });

    private static void DecodeAll(MimePart part, byte[] input)
    {
        var body = input.AsSpan((int)part.BodyStart, (int)part.BodyLength);
        foreach (var encoding in (TransferEncoding[])[part.TransferEncoding, TransferEncoding.Base64, TransferEncoding.QuotedPrintable, TransferEncoding.UUEncode])
        {
            Assert.InRange(TransferDecoder.Decode(encoding, body).Length, 0, body.Length + 3 + (encoding == TransferEncoding.UUEncode ? body.Length * 63 : 0));
        }
        if (part.ContentType.Charset is { } charset && CharsetDecoder.TryGet(charset, out var decoder))
        {
            Assert.InRange(decoder.Decode(body, out _).Length, 0, (body.Length * 2) + 2);
        }
        _ = part.FileName;
        foreach (var header in Enum.GetValues<EnvelopeHeader>())
        {
            _ = part.Envelope?.Text(header);
            _ = part.Envelope?.Addresses(header);
        }
    }

    private static void AssertNested(MimePart part, long end)
    {
        Assert.True(part.HeaderStart >= 0 && part.HeaderStart <= part.HeaderEnd && part.HeaderEnd <= part.BodyStart);
        Assert.InRange(part.BodyEnd, part.BodyStart, end);
        foreach (var child in part.Children)
        {
            Assert.True(child.HeaderStart >= part.BodyStart);
            AssertNested(child, part.BodyEnd);
        }
        if (part.EmbeddedMessage is not null)
        {
            AssertNested(part.EmbeddedMessage, part.BodyEnd);
        }
    }

    private static MimeStructure ScanInPieces(byte[] input)
    {
        var random = new Random(input.Length);
        var scanner = new MimeScanner();
        for (var position = 0; position < input.Length;)
        {
            var length = Math.Min(random.Next(1, 80), input.Length - position);
            scanner.Append(input.AsSpan(position, length));
            position += length;
        }
        return scanner.Finish();
    }

    private static byte[] Encode(MimeStructure structure)
    {
        var output = new ArrayBufferWriter<byte>();
        structure.Encode(output);
        return output.WrittenSpan.ToArray();
    }
}
