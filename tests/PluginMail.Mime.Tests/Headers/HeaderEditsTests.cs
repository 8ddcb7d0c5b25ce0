using System.Buffers;
using System.Text;

namespace PluginMail.Mime.Tests.Headers;

public sealed class HeaderEditsTests
{
    private const string Block = "X: 1\r\nSubject:  kept\r\n  folded \r\nx : 2\r\ngarbage\r\nX: 3\r\n\r\n";

    [Fact]
    public void Nothing_changes_without_edits() => Assert.Equal(Block, Apply(Block));

    [Fact]
    public void Fields_are_added_at_both_ends()
    {
        Assert.Equal(
            "B: 2\r\nA: 1\r\n" + Block[..^2] + "Z: =?utf-8?B?w6Q=?=\r\n\r\n",
            Apply(Block, new MimeHeaderEdit.Prepend("A", "1"), new MimeHeaderEdit.Prepend("B", "2"), new MimeHeaderEdit.Append("Z", "ä")));
    }

    [Fact]
    public void Fields_are_removed_by_name_and_index()
    {
        Assert.Equal("Subject:  kept\r\n  folded \r\ngarbage\r\n\r\n", Apply(Block, new MimeHeaderEdit.Remove("x")));
        Assert.Equal(Block.Replace("x : 2\r\n", ""), Apply(Block, new MimeHeaderEdit.Remove("X", 2)));
        Assert.Equal(Block.Replace("X: 3\r\n", ""), Apply(Block, new MimeHeaderEdit.Remove("X", -1)));
        Assert.Equal(Block, Apply(Block, new MimeHeaderEdit.Remove("X", 4), new MimeHeaderEdit.Remove("X", -4), new MimeHeaderEdit.Remove("X", 0)));
    }

    [Fact]
    public void Fields_are_replaced_in_their_place()
    {
        Assert.Equal(
            Block.Replace("x : 2", "X: two").Replace("Subject:  kept\r\n  folded ", "Subject: new"),
            Apply(Block, new MimeHeaderEdit.Replace("X", "two", 2), new MimeHeaderEdit.Replace("Subject", "new")));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(-1, true)]
    [InlineData(2, false)]
    [InlineData(-2, false)]
    public void A_field_that_is_to_be_replaced_is_added_where_there_is_none(int index, bool isAdded)
    {
        string added = isAdded ? "None: x\r\n" : "";
        Assert.Equal($"{Block[..^2]}{added}\r\n", Apply(Block, new MimeHeaderEdit.Replace("None", "x", index)));
        Assert.Equal(added.Replace("None", "Y") + "\r\n", Apply("Y: 1\r\n\r\n", new MimeHeaderEdit.Remove("Y"), new MimeHeaderEdit.Replace("Y", "x", index)));
        Assert.Equal(Block, Apply(Block, new MimeHeaderEdit.Replace("X", "x", 4), new MimeHeaderEdit.Replace("X", "x", -4)));
    }

    [Fact]
    public void Line_ends_follow_the_block_and_an_mbox_line_stays_first()
    {
        Assert.Equal("From me\nA: 1\nX: 1\n\n", Apply("From me\nX: 1\n\n", new MimeHeaderEdit.Prepend("A", "1")));
        Assert.Equal("X: 1\r\nA: 1\r\n", Apply("X: 1", new MimeHeaderEdit.Append("A", "1")));
        Assert.Equal("A: 1\r\n", Apply("", new MimeHeaderEdit.Append("A", "1"), new MimeHeaderEdit.Remove("B", -1)));
    }

    [Fact]
    public void Folded_values_stay_as_they_are_and_structured_ones_stay_readable()
    {
        const string Signature = " v=1;  a=rsa-sha256;\r\n\tb=abc\r\n def";
        Assert.Equal($"DKIM-Signature:{Signature}\r\nX: 1\r\n", Apply("X: 1\r\n", new MimeHeaderEdit.PrependFolded("DKIM-Signature", Signature)));
        Assert.Equal("X: 1\r\n", Apply("X: 1\r\n", new MimeHeaderEdit.PrependFolded("A", " 1\r\nBcc: x"), new MimeHeaderEdit.PrependFolded("A", " 1\n x")));
        Assert.Equal("A: v=1;  a=b;\tb=abc def\r\n", Apply("", new MimeHeaderEdit.Append("A", Signature.Replace("rsa-sha256", "b"))));
    }

    [Theory]
    [InlineData(0, "I: a\r\n\tb\r\nX: 1\r\ngarbage\r\nY: 2\r\n\r\n")]
    [InlineData(1, "X: 1\r\nI: a\r\n\tb\r\ngarbage\r\nY: 2\r\n\r\n")]
    [InlineData(2, "X: 1\r\ngarbage\r\nY: 2\r\nI: a\r\n\tb\r\n\r\n")]
    [InlineData(9, "X: 1\r\ngarbage\r\nY: 2\r\nI: a\r\n\tb\r\n\r\n")]
    public void Fields_are_put_below_others_exactly_as_they_stand(int position, string expected)
    {
        var insert = new MimeHeaderEdit.Insert("I", " a\n\tb"u8.ToArray(), position);
        Assert.Equal(expected, Apply("X: 1\r\ngarbage\r\nY: 2\r\n\r\n", insert));
        Assert.Equal(expected.Replace("\r", ""), Apply("X: 1\ngarbage\nY: 2\n\n", insert));
        Assert.Equal("X: 1\r\n", Apply("X: 1\r\n", new MimeHeaderEdit.Insert("I", " a\r\nBcc: x"u8.ToArray(), position)));
        Assert.Equal("From me\nI: a\n\tb\nX: 1\n\n", Apply("From me\nX: 1\n\n", insert with { Position = 0 }));
    }

    [Fact]
    public void Values_and_names_cannot_smuggle_fields()
    {
        Assert.Equal("A: 1 Bcc: x\r\n", Apply("", new MimeHeaderEdit.Append("A", "1\r\nBcc: x")));
        Assert.Equal("", Apply("", new MimeHeaderEdit.Append("A: 1\r\nBcc", "x"), new MimeHeaderEdit.Append("", "x"), new MimeHeaderEdit.Append("Ä", "x")));
    }

    private static string Apply(string header, params MimeHeaderEdit[] edits)
    {
        var output = new ArrayBufferWriter<byte>();
        HeaderEdits.Apply(Encoding.UTF8.GetBytes(header), edits, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
