using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Mime.Tests.Structure;

/// <summary>Messages put together at random from lines that matter to a scanner.</summary>
public sealed class ChunkingProperties
{
    private static readonly string[] Lines =
    [
        "", "--x", "--x--", "--xy", "--xy--", "--", "-", "--x ", "--x--\t", "text", "From me", " folded", "Subject: s",
        "Content-Type: multipart/mixed; boundary=x", "Content-Type: multipart/digest;", " boundary=\"xy\"", "Content-Type: message/rfc822",
        "Content-Transfer-Encoding: base64", "To: a@example.com", "garbage\0", "Content-Type: multipart/related; boundary=xy", "\r", "é",
    ];

    [Fact]
    public void Pieces_do_not_change_the_structure() => Check(lines =>
    {
        var message = Encoding.UTF8.GetBytes(string.Concat(lines));
        var structure = MimeScanner.Scan(message);
        TestMessages.AssertConsistent(message, structure);
        var expected = TestMessages.Encode(structure);
        var random = new Random(message.Length);
        Assert.Equal(expected, TestMessages.Encode(TestMessages.ScanInPieces(message, _ => 1)));
        Assert.Equal(expected, TestMessages.Encode(TestMessages.ScanInPieces(message, _ => random.Next(1, 12))));
    });

    [Fact]
    public void Stored_form_round_trips() => Check(lines =>
    {
        var stored = TestMessages.Encode(MimeScanner.Scan(Encoding.UTF8.GetBytes(string.Concat(lines))));
        Assert.True(MimeStructure.TryDecode(stored, out var decoded));
        Assert.Equal(stored, TestMessages.Encode(decoded!));
    });

    private static void Check(Action<string[]> property)
    {
        var line = Gen.Elements(Lines).SelectMany(text => Gen.Elements("\r\n", "\n", "\r\n", "").Select(end => text + end));
        Prop.ForAll(Arb.From(line.ArrayOf()), property).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(40));
    }
}
