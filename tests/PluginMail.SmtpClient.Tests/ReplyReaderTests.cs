using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient.Tests;

/// <summary>Replies, good and bad.</summary>
public sealed class ReplyReaderTests
{
    [Theory]
    [InlineData("250 2.1.0 ok\r\n", "250 2.1.0 ok")]
    [InlineData("250 ok\n", "250 ok")]
    [InlineData("250\r\n", "250 ")]
    [InlineData("250 \r\n", "250 ")]
    [InlineData("250-first\r\n250-second\r\n250 last\r\n", "250 first second last")]
    [InlineData("550-5.1.1 no\r\n550 5.1.1 such user\r\n", "550 5.1.1 no such user")]
    [InlineData("550 5.1.1\r\n", "550 5.1.1 ")]
    [InlineData("550 4.1.1 odd\r\n", "550 4.1.1 odd")]
    [InlineData("550 5.1.1.1 no status\r\n", "550 5.1.1.1 no status")]
    [InlineData("550 5.1234.1 no status\r\n", "550 5.1234.1 no status")]
    [InlineData("550 5.1.\r\n", "550 5.1.")]
    [InlineData("250 a\u0001b\u007f\u00e9\r\n", "250 a?b?\u00e9")]
    public void Well_formed(string text, string reply) => Assert.Equal(reply, Read(Encoding.UTF8.GetBytes(text))?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("25\r\n")]
    [InlineData("150 x\r\n")]
    [InlineData("650 x\r\n")]
    [InlineData("2x0 x\r\n")]
    [InlineData("2500 x\r\n")]
    [InlineData("250-never ends\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    public void Malformed_or_without_end(string text) => Assert.Null(Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_status_of_another_class_is_text()
    {
        SmtpReply reply = Read("550 4.1.1 odd\r\n"u8.ToArray())!;
        Assert.Null(reply.Status);
        Assert.Equal("4.1.1 odd", reply.Text);
    }

    [Fact]
    public void Bounds_hold()
    {
        Assert.Null(Read([.. "250 "u8, .. Enumerable.Repeat((byte)'x', 5000), .. "\r\n"u8]));
        Assert.Null(Read([.. Enumerable.Repeat("250-x\r\n"u8.ToArray(), 300).SelectMany(static line => line), .. "250 x\r\n"u8]));
        Assert.Null(Read([.. Enumerable.Repeat((byte[])[.. "250-"u8, .. Enumerable.Repeat((byte)'x', 900), .. "\r\n"u8], 30).SelectMany(static line => line), .. "250 x\r\n"u8]));
        Assert.NotNull(Read([.. Enumerable.Repeat("250-x\r\n"u8.ToArray(), 100).SelectMany(static line => line), .. "250 x\r\n"u8]));
    }

    /// <summary>Any octets, in any pieces: the same result as in one piece, and never an exception.</summary>
    [Fact]
    public void Fuzz()
    {
        string[] seeds = ["250-a\r\n250 b\r\n", "550 5.1.1 x\r\n", "250-5.1.1\r\n", "\r\n", "421", "334 \r\n", "\0\xff", "250-", " ", "-"];
        var random = new Random(20261121);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] octets = [.. Enumerable.Range(0, random.Next(1, 8)).SelectMany(_ => Encoding.Latin1.GetBytes(seeds[random.Next(seeds.Length)]))];
            for (int i = random.Next(3); i > 0; i--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            Assert.Equal(All(octets, octets.Length), All(octets, random.Next(1, 4)));
        }
    }

    private static SmtpReply? Read(byte[] octets)
    {
        var reader = new ReplyReader();
        return reader.Read(octets, out _) == ReplyStatus.Complete ? reader.Take() : null;
    }

    // Every reply up to the first malformed one.
    private static string All(byte[] octets, int piece)
    {
        var reader = new ReplyReader();
        var text = new StringBuilder();
        int start = 0;
        for (int end = Math.Min(piece, octets.Length); ; end = Math.Min(end + piece, octets.Length))
        {
            ReplyStatus status;
            do
            {
                status = reader.Read(octets.AsSpan(start, end - start), out int used);
                start += used;
                text.Append(status == ReplyStatus.Complete ? $"{reader.Take()}|" : "");
            }
            while (status == ReplyStatus.Complete);

            if (status == ReplyStatus.Malformed)
            {
                return text.Append("malformed").ToString();
            }

            if (end == octets.Length)
            {
                return text.ToString();
            }
        }
    }
}
