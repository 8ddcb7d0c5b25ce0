using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Mime.Tests.Transfer;

public sealed class TransferDecoderTests
{
    [Theory]
    [InlineData("SGVsbG8=", "Hello", false)]
    [InlineData("SGVsbG8", "Hello", true)]
    [InlineData("SGVs\r\nbG8=\r\n", "Hello", false)]
    [InlineData("SG*V-s bG8=", "Hello", true)]
    [InlineData("SGVsbA==SGVsbG8=", "HellHello", false)]
    [InlineData("S", "", true)]
    [InlineData("====", "", false)]
    [InlineData("", "", false)]
    public void Base64_is_decoded(string body, string text, bool garbage) => Check(TransferEncoding.Base64, body, text, garbage);

    [Theory]
    [InlineData("a=3Db", "a=b", false)]
    [InlineData("a=3db=e4", "a=bä", false)]
    [InlineData("soft=\r\n break", "soft break", false)]
    [InlineData("soft=\nbreak", "softbreak", false)]
    [InlineData("soft= \t\r\nbreak", "softbreak", false)]
    [InlineData("trailing  \t\r\nline \nx ", "trailing\r\nline\nx", false)]
    [InlineData("bad =zz =4 =", "bad =zz =4 =", true)]
    [InlineData("bad =4", "bad =4", true)]
    [InlineData("in  ner =20\r\n", "in  ner  \r\n", false)]
    [InlineData("=\r\n=\r\nx", "x", false)]
    public void Quoted_printable_is_decoded(string body, string text, bool garbage) =>
        Check(TransferEncoding.QuotedPrintable, body, text, garbage);

    [Theory]
    [InlineData("begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n", "Cat", false)]
    [InlineData("text before\nbegin 644 a.txt\n%2&5L;&\\\nend\ntext after", "Hello", false)]
    [InlineData("no begin", "", false)]
    public void Uuencode_is_decoded(string body, string text, bool garbage) => Check(TransferEncoding.UUEncode, body, text, garbage);

    [Theory]
    [InlineData(TransferEncoding.SevenBit)]
    [InlineData(TransferEncoding.EightBit)]
    [InlineData(TransferEncoding.Binary)]
    [InlineData(TransferEncoding.Unknown)]
    public void Others_pass_through(TransferEncoding encoding) => Check(encoding, "as = is\r\n ", "as = is\r\n ", false);

    [Theory]
    [InlineData("BASE64", TransferEncoding.Base64)]
    [InlineData(" quoted-printable ", TransferEncoding.QuotedPrintable)]
    [InlineData(null, TransferEncoding.SevenBit)]
    [InlineData("x-other", TransferEncoding.Unknown)]
    public void Mechanisms_have_names(string? name, TransferEncoding encoding) => Assert.Equal(encoding, TransferDecoder.Parse(name));

    [Fact]
    public void Encoders_round_trip_in_any_pieces()
    {
        Prop.ForAll<byte[], PositiveInt>((bytes, piece) =>
        {
            var base64 = new ArrayBufferWriter<byte>();
            TransferEncoder.WriteBase64(bytes, base64);
            Assert.Equal(bytes, Decode(TransferEncoding.Base64, base64.WrittenSpan, piece.Get, out _));
            var quoted = new ArrayBufferWriter<byte>();
            TransferEncoder.WriteQuotedPrintable(bytes, quoted);
            Assert.Equal(bytes, Decode(TransferEncoding.QuotedPrintable, quoted.WrittenSpan, piece.Get, out _));
            Assert.All(Encoding.Latin1.GetString(quoted.WrittenSpan).Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400));
    }

    [Fact]
    public void Pieces_do_not_change_what_is_decoded()
    {
        var token = Gen.Elements("=", "=3D", "=\r\n", " ", "\t", "\r\n", "\n", "\r", "a", "QUJD", "=4", "begin x\n", "end\n", "!");
        Prop.ForAll(Arb.From(token.ArrayOf()), tokens =>
        {
            var body = Encoding.UTF8.GetBytes(string.Concat(tokens));
            foreach (var encoding in Enum.GetValues<TransferEncoding>())
            {
                var whole = Decode(encoding, body, int.MaxValue, out var garbage);
                for (var piece = 1; piece < 5; piece++)
                {
                    Assert.Equal(whole, Decode(encoding, body, piece, out var same));
                    Assert.Equal(garbage, same);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static void Check(TransferEncoding encoding, string body, string text, bool garbage)
    {
        foreach (var piece in (int[])[1, 2, 3, 1000])
        {
            var decoded = Decode(encoding, Encoding.Latin1.GetBytes(body), piece, out var sawGarbage);
            Assert.Equal(text, Encoding.Latin1.GetString(decoded));
            Assert.Equal(garbage, sawGarbage);
        }
        Assert.Equal(text, Encoding.Latin1.GetString(TransferDecoder.Decode(encoding, Encoding.Latin1.GetBytes(body))));
    }

    private static byte[] Decode(TransferEncoding encoding, ReadOnlySpan<byte> body, int piece, out bool garbage)
    {
        var output = new ArrayBufferWriter<byte>();
        var decoder = TransferDecoder.Create(encoding);
        while (!body.IsEmpty)
        {
            var part = body[..Math.Min(piece, body.Length)];
            decoder.Append(part, output);
            body = body[part.Length..];
        }
        decoder.Finish(output);
        garbage = decoder.SawGarbage;
        return output.WrittenSpan.ToArray();
    }
}
