using System.Text;

namespace PluginMail.Mime.Tests.Structure;

public sealed class MimeScannerTests
{
    private const string Nested = """
        From: a@example.com
        Content-Type: multipart/mixed; boundary="x"

        preamble
        --x
        Content-Type: multipart/alternative; boundary=xy

        --xy

        one
        --xy
        Content-Type: text/html

        <p>two
        --xy--
        inner epilogue
        --x
        Content-Type: message/rfc822

        Subject: inside
        To: b@example.com

        three
        lines

        --x--
        epilogue
        """;

    [Fact]
    public void Nested_parts_have_their_own_bytes()
    {
        foreach (var message in (byte[][])[TestMessages.Crlf(Nested), TestMessages.Lf(Nested)])
        {
            var structure = MimeScanner.Scan(message);
            var root = structure.Root;
            TestMessages.AssertConsistent(message, structure);
            Assert.Equal("multipart/mixed(multipart/alternative(text/plain,text/html),message/rfc822[text/plain])", TestMessages.Outline(root));
            Assert.Equal(MimeDefects.None, structure.Defects);
            Assert.Equal("one", TestMessages.Body(message, root.Children[0].Children[0]));
            Assert.Equal("<p>two", TestMessages.Body(message, root.Children[0].Children[1]));
            Assert.EndsWith("inner epilogue", TestMessages.Body(message, root.Children[0]), StringComparison.Ordinal);
            var embedded = root.Children[1].EmbeddedMessage!;
            Assert.Equal("three\nlines\n", TestMessages.Body(message, embedded).Replace("\r\n", "\n"));
            Assert.Equal("inside", embedded.Envelope!.Text(EnvelopeHeader.Subject));
            Assert.Equal(2, embedded.BodyLines);
            Assert.Null(root.Children[1].Envelope);
        }
    }

    [Fact]
    public void Sections_are_found_as_IMAP_numbers_them()
    {
        var message = TestMessages.Crlf(Nested);
        var structure = MimeScanner.Scan(message);
        Assert.Same(structure.Root, structure.FindSection([]));
        Assert.Equal("text/html", structure.FindSection([1, 2])!.ContentType.MediaType);
        Assert.Same(structure.Root.Children[1].EmbeddedMessage, structure.FindSection([2, 1]));
        Assert.Null(structure.FindSection([3]));
        Assert.Null(structure.FindSection([0]));
        Assert.Null(structure.FindSection([2, 1, 1]));
        Assert.Null(structure.FindSection([1, 1, 1]));
        var plain = MimeScanner.Scan("Subject: x\r\n\r\nbody"u8);
        Assert.Same(plain.Root, plain.FindSection([1]));
        Assert.Null(plain.FindSection([2]));
        Assert.Null(plain.FindSection([1, 1]));
    }

    [Theory]
    [InlineData("", "text/plain", 0)]
    [InlineData("\r\n", "text/plain", 2)]
    [InlineData("Subject: only a header", "text/plain", 22)]
    [InlineData("Subject: only a header\r\n", "text/plain", 24)]
    [InlineData("no header at all\r\nmore", "text/plain", 0)]
    [InlineData("From me to you\r\nSubject: mbox\r\n\r\nbody", "text/plain", 33)]
    [InlineData("Subject : space\r\ngarbage\r\nContent-Type : text/html\r\n\r\n", "text/html", 54)]
    public void Any_bytes_give_a_structure(string text, string mediaType, long bodyStart)
    {
        var message = Encoding.UTF8.GetBytes(text);
        var structure = MimeScanner.Scan(message);
        TestMessages.AssertConsistent(message, structure);
        Assert.Equal(mediaType, structure.Root.ContentType.MediaType);
        Assert.Equal(bodyStart, structure.Root.BodyStart);
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed\n\n--x\n\none\n--x--\n", "multipart/mixed", MimeDefects.MissingBoundary)]
    [InlineData("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n----\n", "multipart/mixed", MimeDefects.MissingBoundary)]
    [InlineData("Content-Type: multipart/mixed; boundary=x\n\nno part\n", "multipart/mixed", MimeDefects.NoParts | MimeDefects.MissingEndBoundary)]
    [InlineData("Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n", "multipart/mixed(text/plain)", MimeDefects.MissingEndBoundary)]
    [InlineData("Content-Type: multipart/mixed; boundary=\"x  \"\n\n--x   \n\none\n--x-- \t\n", "multipart/mixed(text/plain)", MimeDefects.None)]
    [InlineData("Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n\n\n--x--", "multipart/mixed(text/plain,text/plain)", MimeDefects.None)]
    [InlineData("Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nb\n--x--", "multipart/digest(message/rfc822[text/plain])", MimeDefects.None)]
    [InlineData("Content-Type: multipart/digest; boundary=x\n\n--x\nno field\n--x--", "multipart/digest(message/rfc822[text/plain])", MimeDefects.MissingHeader)]
    [InlineData("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYQ==\n", "message/rfc822", MimeDefects.EncodedMessage)]
    [InlineData("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: a\n\nb", "message/rfc822[message/rfc822[text/plain]]", MimeDefects.None)]
    [InlineData("Content-Type: text\n\nx", "text/plain", MimeDefects.MalformedContentType)]
    [InlineData("Content-Type: ;;\n\nx", "text/plain", MimeDefects.MalformedContentType)]
    public void Broken_messages_are_understood_as_far_as_possible(string text, string outline, MimeDefects defects)
    {
        foreach (var message in (byte[][])[TestMessages.Crlf(text), TestMessages.Lf(text)])
        {
            var structure = MimeScanner.Scan(message);
            TestMessages.AssertConsistent(message, structure);
            Assert.Equal(outline, TestMessages.Outline(structure.Root));
            Assert.Equal(defects, structure.Defects);
            Assert.Equal(TestMessages.Encode(structure), TestMessages.Encode(TestMessages.ScanInPieces(message, _ => 1)));
        }
    }

    [Fact]
    public void Boundary_used_again_inside_closes_the_inner_multipart_first()
    {
        var message = TestMessages.Crlf("""
            Content-Type: multipart/mixed; boundary=x

            --x
            Content-Type: multipart/alternative; boundary=x

            --x

            inner
            --x--
            --x

            outer
            --x--
            """);
        var root = MimeScanner.Scan(message).Root;
        Assert.Equal("multipart/mixed(multipart/alternative(text/plain),text/plain)", TestMessages.Outline(root));
        Assert.Equal("outer", TestMessages.Body(message, root.Children[1]));
    }

    [Fact]
    public void Outer_boundary_ends_inner_parts_that_were_never_closed()
    {
        var message = TestMessages.Crlf("""
            Content-Type: multipart/mixed; boundary=out

            --out
            Content-Type: multipart/mixed; boundary=in

            --in
            X-Header-Without-Body: 1
            --out

            last
            --out--
            """);
        var structure = MimeScanner.Scan(message);
        TestMessages.AssertConsistent(message, structure);
        Assert.Equal("multipart/mixed(multipart/mixed(text/plain),text/plain)", TestMessages.Outline(structure.Root));
        Assert.Equal(MimeDefects.MissingEndBoundary, structure.Defects);
        Assert.Equal("last", TestMessages.Body(message, structure.Root.Children[1]));
        Assert.True(MimeStructure.TryDecode(TestMessages.Encode(structure), out _));
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_opaque()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 200; i++)
        {
            text.Append("Content-Type: message/rfc822\n\n");
        }
        var structure = MimeScanner.Scan(TestMessages.Crlf(text + "Subject: end\n\nbody"));
        Assert.Equal(MimeLimits.Default.MaxDepth, structure.Root.SelfAndDescendants().Count());
        Assert.True(structure.Defects.HasFlag(MimeDefects.TooDeep));
    }

    [Fact]
    public void Parts_beyond_the_limit_are_opaque()
    {
        var text = new StringBuilder("Content-Type: multipart/mixed; boundary=x\n\n");
        for (var i = 0; i < 2000; i++)
        {
            text.Append("--x\n\n").Append(i).Append('\n');
        }
        var message = TestMessages.Lf(text + "--x--\n");
        var structure = MimeScanner.Scan(message);
        TestMessages.AssertConsistent(message, structure);
        Assert.Equal(MimeLimits.Default.MaxParts - 1, structure.Root.Children.Count);
        Assert.True(structure.Defects.HasFlag(MimeDefects.TooManyParts));
    }

    [Fact]
    public void Long_headers_and_many_fields_are_bounded_and_their_end_is_still_found()
    {
        var limits = new MimeLimits { MaxHeaderBytes = 1000, MaxHeaderFields = 20, MaxEnvelopeBytes = 100, MaxLineLength = 200 };
        var text = "Subject: " + new string('s', 300) + "\nContent-Type: text/html\n" + string.Concat(Enumerable.Repeat("X: y\n", 300)) + "\nbody";
        var message = TestMessages.Lf(text);
        var structure = MimeScanner.Scan(message, limits);
        TestMessages.AssertConsistent(message, structure);
        Assert.Equal("text/html", structure.Root.ContentType.MediaType);
        Assert.Equal("body", TestMessages.Body(message, structure.Root));
        Assert.False(structure.Root.Envelope!.IsComplete);
        Assert.Equal(
            MimeDefects.HeaderTooLong | MimeDefects.TooManyHeaderFields | MimeDefects.EnvelopeTooLarge | MimeDefects.LineTooLong, structure.Defects);
        for (var length = 1; length < 300; length += 37)
        {
            Assert.Equal(TestMessages.Encode(structure), TestMessages.Encode(TestMessages.ScanInPieces(message, _ => length, limits)));
        }
    }

    [Fact]
    public void Content_fields_are_kept_decoded()
    {
        var part = MimeScanner.Scan(TestMessages.Crlf("""
            Content-Type: Image/PNG; name="a b.png"; x-title*=utf-8'de'%C3%BCber
            Content-Transfer-Encoding: BASE64 (comment)
            Content-ID: <id@example.com>
            Content-Description: =?utf-8?q?=C3=A4?=
            Content-Disposition: Attachment; filename*0="one "; filename*1*=%74wo; size=10
            Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
            Content-Language: de, en
            Content-Location: http://example.com/
             x.png

            AA==
            """)).Root;
        Assert.True(part.ContentType.Is("image", "png"));
        Assert.Equal([new("name", "a b.png"), new("x-title", "über")], part.ContentType.Parameters);
        Assert.Equal("base64", part.TransferEncodingName);
        Assert.Equal(TransferEncoding.Base64, part.TransferEncoding);
        Assert.Equal("<id@example.com>", part.ContentId);
        Assert.Equal("=?utf-8?q?=C3=A4?=", part.ContentDescription);
        Assert.Equal("attachment", part.ContentDisposition!.Type);
        Assert.Equal([new("filename", "one two"), new("size", "10")], part.ContentDisposition.Parameters);
        Assert.Equal("one two", part.FileName);
        Assert.Equal("Q2hlY2sgSW50ZWdyaXR5IQ==", part.ContentMd5);
        Assert.Equal(["de", "en"], part.ContentLanguage);
        Assert.Equal("http://example.com/x.png", part.ContentLocation);
        Assert.Equal("utf-8''%C3%BCber", part.ContentType.Parameters[1].ToExtendedValue());
    }

    [Fact]
    public void Bare_returns_are_content()
    {
        var message = "Subject: a\rb\r\n\r\none\rtwo\r\r\n"u8.ToArray();
        var root = MimeScanner.Scan(message).Root;
        Assert.Equal("one\rtwo\r\r\n", TestMessages.Body(message, root));
        Assert.Equal(1, root.BodyLines);
    }

    [Fact]
    public void Finished_scan_takes_no_more()
    {
        var scanner = new MimeScanner();
        scanner.Finish();
        Assert.Throws<InvalidOperationException>(() => scanner.Append("x"u8));
        Assert.Throws<InvalidOperationException>(scanner.Finish);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_message()
    {
        var piece = TestMessages.Crlf(string.Concat(Enumerable.Repeat(new string('x', 70) + "\n--not a boundary\n", 200)));
        var scanner = new MimeScanner();
        scanner.Append("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n"u8);
        scanner.Append(piece);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++)
        {
            scanner.Append(piece);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.Equal(52 + (501L * piece.Length), scanner.Finish().Length);
    }

    [Fact]
    public void What_many_parts_keep_together_is_bounded()
    {
        var parameters = string.Concat(Enumerable.Range(0, 300).Select(i => $"; p{i}=\"{new string('v', 20)}\""));
        var part = $"--x\nContent-Type: text/plain{parameters}\nContent-Description: {new string('d', 3000)}\n\nbody\n";
        var message = TestMessages.Lf("Content-Type: multipart/mixed; boundary=x\n\n" + string.Concat(Enumerable.Repeat(part, 500)));
        var structure = MimeScanner.Scan(message);
        Assert.Equal(500, structure.Root.Children.Count);
        Assert.True(structure.Defects.HasFlag(MimeDefects.ContentFieldsTooLarge));
        Assert.InRange(TestMessages.Encode(structure).Length, 0, 400_000);
    }

    [Fact]
    public void Multiparts_nested_beyond_the_limit_leave_the_outer_ones_whole()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 100; i++)
        {
            text.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\n\n--b").Append(i).Append('\n');
        }
        var message = TestMessages.Lf(text + "\ndeep\n--b99--\n--b1\n\nnext in the second\n--b1--\n--b0--\n");
        var structure = MimeScanner.Scan(message);
        TestMessages.AssertConsistent(message, structure);
        Assert.Equal(MimeLimits.Default.MaxDepth + 1, structure.Root.SelfAndDescendants().Count());
        var second = structure.Root.Children[0];
        Assert.Equal("next in the second", TestMessages.Body(message, second.Children[1]));
        Assert.True(structure.Defects.HasFlag(MimeDefects.TooDeep));
        Assert.False(structure.Defects.HasFlag(MimeDefects.NoParts));
    }

    [Fact]
    public void Every_envelope_field_is_kept()
    {
        string[] names = ["Date", "Subject", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "In-Reply-To", "Message-ID"];
        string header = string.Concat(names.Select(name => $"{name}: value of {name}\r\n"));
        var envelope = MimeScanner.Scan(System.Text.Encoding.ASCII.GetBytes(header + "\r\nbody\r\n")).Root.Envelope!;
        for (int i = 0; i < names.Length; i++)
        {
            Assert.Equal($"value of {names[i]}", envelope.Text((EnvelopeHeader)i));
        }
    }
}
