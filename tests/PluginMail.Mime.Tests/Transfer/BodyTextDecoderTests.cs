using System.Buffers;
using System.Text;

namespace PluginMail.Mime.Tests.Transfer;

public sealed class BodyTextDecoderTests
{
    [Theory]
    [InlineData(TransferEncoding.QuotedPrintable, "utf-8", "Gr=C3=BC=C3=9Fe=\r\n!", "Grüße!")]
    [InlineData(TransferEncoding.Base64, "iso-2022-jp", "GyRCRnxLXBsoQg==", "日本")]
    [InlineData(TransferEncoding.Base64, "utf-16le", "5AAg\r\nAPYA", "ä ö")]
    [InlineData(TransferEncoding.QuotedPrintable, null, "=E4 =C3=A4 =FF=FE", "ä ä ÿþ")]
    [InlineData(TransferEncoding.QuotedPrintable, "us-ascii", "=80", "€")]
    [InlineData(TransferEncoding.QuotedPrintable, "x-no-such", "=C3=A4", "ä")]
    [InlineData(TransferEncoding.QuotedPrintable, "utf-8", "=C3", "\uFFFD")]
    [InlineData(TransferEncoding.QuotedPrintable, null, "=C3", "Ã")]
    [InlineData(TransferEncoding.SevenBit, "utf-8", "", "")]
    public void Text_is_decoded_in_any_pieces(TransferEncoding encoding, string? charset, string body, string text)
    {
        for (var piece = 1; piece < 6; piece++)
        {
            var output = new ArrayBufferWriter<char>();
            var decoder = new BodyTextDecoder(encoding, charset);
            foreach (var chunk in Encoding.Latin1.GetBytes(body).Chunk(piece))
            {
                decoder.Append(chunk, output);
            }
            decoder.Finish(output);
            Assert.Equal(text, new string(output.WrittenSpan));
        }
    }
}
