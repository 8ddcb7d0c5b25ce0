using System.Buffers;
using System.Text;

namespace PluginMail.Mime.Tests;

/// <summary>8-bit messages become 7-bit ones of the same meaning.</summary>
public sealed class SevenBitConversionTests
{
    private const string Multipart =
        "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "preamble\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe = \r\n--b\r\n\r\nplain\r\n"
        + "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n\u00fc\r\n--b\r\nContent-Type: message/rfc822\r\n"
        + "Content-Transfer-Encoding: 8bit\r\n\r\nSubject: inner\r\n\r\n\u00e9\r\n--b--\r\nepilogue\r\n";

    [Fact]
    public void Parts_that_need_it_are_encoded_and_no_others()
    {
        string converted = Convert(Multipart)!;
        Assert.Equal(
            "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            + "preamble\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe =3D=20\r\n--b\r\n\r\nplain\r\n"
            + "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nw7w=\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n"
            + "Content-Transfer-Encoding: 7bit\r\n\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9\r\n--b--\r\nepilogue\r\n",
            converted);
    }

    [Fact]
    public void The_decoded_parts_are_the_same()
    {
        byte[] before = Encoding.UTF8.GetBytes(Multipart);
        byte[] after = Encoding.UTF8.GetBytes(Convert(Multipart)!);
        Assert.Equal(Leaves(before), Leaves(after));
    }

    [Theory]
    [InlineData("Subject: \u00fc\r\n\r\nbody\r\n")]
    [InlineData("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\u00fc\r\n--b--\r\n")]
    [InlineData("Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\n\u00fc\r\n--b--\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\npr\u00e4amble\r\n--b\r\n\r\nx\r\n--b--\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n\u00e9pilogue\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: \u00fc\r\n\r\nx\r\n--b--\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=missing\r\n\r\n\u00fc\r\n")]
    [InlineData("Content-Type: message/delivery-status\r\n\r\n\u00fc\r\n")]
    [InlineData("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n\u00fc\r\n")]
    [InlineData("Content-Type: text/plain\r\nContent-Transfer-Encoding: x-own\r\n\r\n\u00fc\r\n")]
    public void What_cannot_be_converted_is_said(string message) => Assert.Null(Convert(message));

    [Theory]
    [InlineData("Subject: x\r\n\r\nplain\r\n")]
    [InlineData("")]
    [InlineData("no header at all")]
    public void What_is_in_7_bit_stays(string message) => Assert.Equal(message, Convert(message));

    [Fact]
    public void A_message_without_header_gets_one() => Assert.Equal(
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC only\r\n",
        Convert("\u00fc only\r\n"));

    /// <summary>Any octets: an answer, and in 7 bits where it is yes.</summary>
    [Fact]
    public void Fuzz()
    {
        string[] seeds = ["Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n", "\r\n", "--b\r\n", "--b--\r\n", "\u00fc", "x", "=", "Content-Transfer-Encoding: 8bit\r\n"];
        var random = new Random(20261121);
        for (int round = 0; round < 5_000; round++)
        {
            string message = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => seeds[random.Next(seeds.Length)]));
            Assert.True(Convert(message)?.All(char.IsAscii) != false);
        }
    }

    private static string? Convert(string message)
    {
        var output = new ArrayBufferWriter<byte>();
        return SevenBitConversion.TryConvert(Encoding.UTF8.GetBytes(message), output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }

    private static string[] Leaves(byte[] message) =>
    [
        .. MimeScanner.Scan(message).Root.SelfAndDescendants().Where(static part => part.Children.Count == 0 && part.EmbeddedMessage is null)
            .Select(part => Encoding.UTF8.GetString(TransferDecoder.Decode(part.TransferEncoding, message.AsSpan((int)part.BodyStart, (int)part.BodyLength)))),
    ];
}
