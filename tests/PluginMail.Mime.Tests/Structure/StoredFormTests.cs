namespace PluginMail.Mime.Tests.Structure;

public sealed class StoredFormTests
{
    private static readonly byte[] Message = TestMessages.Crlf("""
        Received: from a.example by b.example; Sat, 21 Nov 2026 18:08:09 +0100
        From: "Ada Lovelace" <ada@example.com>
        To: Charles Babbage <charles@example.org>, Mary <mary@example.net>
        Subject: Notes on the analytical engine
        Date: Sat, 21 Nov 2026 18:08:09 +0100
        Message-ID: <0123456789abcdef@mail.example.com>
        In-Reply-To: <fedcba9876543210@mail.example.org>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable


        """).Concat(Enumerable.Repeat((byte)'x', 3500)).ToArray();

    [Fact]
    public void Simple_message_takes_under_500_bytes()
    {
        Assert.InRange(TestMessages.Encode(MimeScanner.Scan(Message)).Length, 100, 400);
    }

    [Fact]
    public void All_that_ENVELOPE_and_BODYSTRUCTURE_need_comes_back()
    {
        Assert.True(MimeStructure.TryDecode(TestMessages.Encode(MimeScanner.Scan(Message)), out var structure));
        var root = structure!.Root;
        Assert.Equal("Notes on the analytical engine", root.Envelope!.Text(EnvelopeHeader.Subject));
        Assert.Equal(["charles@example.org", "mary@example.net"], root.Envelope.Addresses(EnvelopeHeader.To).Select(a => a.Address));
        Assert.True(root.Envelope[EnvelopeHeader.Sender].IsEmpty);
        Assert.Equal("utf-8", root.ContentType.Charset);
        Assert.Equal("quoted-printable", root.TransferEncodingName);
        Assert.Equal(Message.Length, structure.Length);
    }

    [Fact]
    public void Cut_or_changed_bytes_fail_or_stay_in_bounds()
    {
        var stored = TestMessages.Encode(MimeScanner.Scan(Message));
        for (var length = 0; length < stored.Length; length++)
        {
            Assert.False(MimeStructure.TryDecode(stored.AsSpan(0, length), out _));
        }
        for (var i = 0; i < stored.Length; i++)
        {
            foreach (var value in (byte[])[0, 1, 0x7F, 0x80, 0xFF])
            {
                var changed = (byte[])stored.Clone();
                changed[i] = value;
                if (MimeStructure.TryDecode(changed, out var structure))
                {
                    Assert.All(structure!.Root.SelfAndDescendants(), part => Assert.InRange(part.BodyEnd, part.BodyStart, structure.Length));
                }
            }
        }
        Assert.False(MimeStructure.TryDecode([.. stored, 0], out _));
        Assert.False(MimeStructure.TryDecode([2, .. stored.AsSpan(1)], out _));
    }
}
