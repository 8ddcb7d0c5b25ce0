using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using PluginMail.Transport;

namespace PluginMail.Imap.Tests;

/// <summary>ENVELOPE's addresses, from any octets.</summary>
public sealed class EnvelopeTests
{
    [Theory]
    [InlineData("a@b.test", "((NIL NIL \"a\" \"b.test\"))")]
    [InlineData("Anna <a@b.test>", "((\"Anna\" NIL \"a\" \"b.test\"))")]
    [InlineData("\"Anna, B\"  C <a@b.test>", "((\"Anna, B C\" NIL \"a\" \"b.test\"))")]
    [InlineData("=?utf-8?q?J=C3=B6?= X <a@b.test>", "((\"=?utf-8?q?J=C3=B6?= X\" NIL \"a\" \"b.test\"))")]
    [InlineData("<@r1.test,@r2.test:a@b.test>", "((NIL NIL \"a\" \"b.test\"))")]
    [InlineData("\"a b\"@c.test", "((NIL NIL \"ab\" \"c.test\"))")]
    [InlineData("a @ b . test (Anna (B))", "((\"Anna (B)\" NIL \"a\" \"b.test\"))")]
    [InlineData("undisclosed-recipients:;", "((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL))")]
    [InlineData("a@b.test,,<c@d.test>", "((NIL NIL \"a\" \"b.test\")(NIL NIL \"c\" \"d.test\"))")]
    [InlineData("just words", "((NIL NIL \"just words\" \"\"))")]
    [InlineData("G: a@b, c@d", "((NIL NIL \"G\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")(NIL NIL NIL NIL))")]
    [InlineData("<>", "NIL")]
    [InlineData(" ", "NIL")]
    public async Task Writes_addresses(string value, string expected) =>
        Assert.Equal(expected, await WriteAsync(writer => new AddressListWriter(writer).Write(Encoding.Latin1.GetBytes(value))));

    [Fact]
    public async Task Any_header_gives_an_envelope_that_can_be_read()
    {
        byte[] seed = Encoding.Latin1.GetBytes(
            "From: \"A \\\" B\" <@x:a@b>, G: c@d;, (e) f\r\nSubject: =?utf-8?q?x?= \"\\ \r\n y\r\nTo: <q\r\nDate: \u00e9\r\nMessage-ID: <1@x>\r\n\r\n");
        var random = new Random(5);
        for (int i = 0; i < 3000; i++)
        {
            byte[] block = [.. seed];
            for (int k = 0; k < 4; k++)
            {
                block[random.Next(block.Length)] = (byte)"\"\\<>@,;:() \r\n\0xab\xe9"[random.Next(18)];
            }

            string text = await WriteAsync(writer => new EnvelopeWriter(writer).Write(null, block));
            Assert.Equal(10, Assert.IsType<List<object?>>(new ListReader(text, 0).Read()).Count);
        }
    }

    private static async Task<string> WriteAsync(Action<ImapWriter> write)
    {
        var output = new Pipe();
        var connection = new MailConnection("test", new Ends(new Pipe().Reader, output.Writer), null, null, null, TimeProvider.System, () => { });
        var writer = new ImapWriter(connection, TimeSpan.FromMinutes(1));
        write(writer);
        await writer.FlushAsync(CancellationToken.None);
        await output.Writer.CompleteAsync();
        ReadResult read = await output.Reader.ReadAsync();
        return Encoding.Latin1.GetString(read.Buffer.ToArray());
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
