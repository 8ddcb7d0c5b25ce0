using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Mime.Tests.Building;

public sealed class HeaderEncoderTests
{
    [Theory]
    [InlineData("Hello world", "Subject: Hello world\r\n")]
    [InlineData("Grüße an alle", "Subject: =?utf-8?B?R3LDvMOfZQ==?= an alle\r\n")]
    [InlineData("one\r\nBcc: two", "Subject: one Bcc: two\r\n")]
    [InlineData("=?utf-8?q?x?=", "Subject: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?=\r\n")]
    [InlineData("", "Subject: \r\n")]
    [InlineData("  two  spaces\tand a tab ", "Subject: two  spaces\tand a tab\r\n")]
    [InlineData("folded\r\n\tvalue\r\n here", "Subject: folded\tvalue here\r\n")]
    [InlineData("ä  ö  x", "Subject: =?utf-8?B?w6QgIMO2?=  x\r\n")]
    public void Text_is_encoded_only_where_it_must_be(string value, string field) =>
        Assert.Equal(field, HeaderEncoder.Unstructured("Subject", value));

    [Fact]
    public void Text_comes_back_as_it_was()
    {
        var word = Gen.Elements("a", "word", "ä", "日本語", "😀", " ", "=?", "?=", "=?utf-8?q?x?=", "\t", "_", new string('x', 120), new string('ü', 100));
        Prop.ForAll(Arb.From(word.ArrayOf()), words =>
        {
            var value = string.Join(' ', words).Trim(' ', '\t');
            var field = HeaderEncoder.Unstructured("Subject", value);
            Assert.Equal(value, HeaderText.Decode(Encoding.UTF8.GetBytes(field["Subject:".Length..])).Text);
            AssertLines(field);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Addresses_come_back_as_they_were()
    {
        var name = Gen.Elements("", "Ada", "Ada Lovelace", "Lovelace, Ada", "J. \"Q\" P\\", "Jörg Müller", "日本語", "a  b", "x (y) <z>", "=?utf-8?q?x?=");
        var local = Gen.Elements("a", "a.b", "john doe", "x\"y", "jörg", "a..b", "a,b@c");
        var mailbox = name.SelectMany(n => local.Select(l => new HeaderAddress(n.Length == 0 ? null : n, l, "example.com")));
        Prop.ForAll(Arb.From(mailbox.ArrayOf()), addresses =>
        {
            var field = HeaderEncoder.Addresses("To", addresses);
            var read = AddressParser.Parse(Encoding.UTF8.GetBytes(field["To:".Length..]));
            Assert.Equal(
                addresses.Select(a => (a.DisplayName == "=?utf-8?q?x?=" ? null : a.DisplayName, a.LocalPart, a.Domain, true)),
                read.Select(a => (a.DisplayName == "=?utf-8?q?x?=" ? null : a.DisplayName, a.LocalPart, a.Domain, a.IsValid)));
            AssertLines(field);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Groups_are_written()
    {
        var group = new HeaderAddress("Friends", "", "") { Members = [new("A", "a", "x"), new(null, "b", "y")] };
        Assert.Equal("To: Friends: A <a@x>, b@y;, c@z\r\n", HeaderEncoder.Addresses("To", [group, new(null, "c", "z")]));
    }

    [Fact]
    public void Parameters_come_back_as_they_were()
    {
        var value = Gen.Elements(
            "a.txt", "two words", "quo\"te\\", "", "Grüße.pdf", new string('日', 80), new string('x', 200), "semi;colon", "=?utf-8?q?x", "a'b%c*d", "ä\r\nb");
        Prop.ForAll(Arb.From(value), text =>
        {
            var field = HeaderEncoder.Parameterized("Content-Disposition", "attachment", [new("filename", text), new("size", "1")]);
            Assert.True(ContentDisposition.TryParse(Encoding.UTF8.GetBytes(field["Content-Disposition:".Length..]), out var read));
            Assert.Equal(text, read.FileName);
            Assert.Equal("1", read["size"]);
            AssertLines(field);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("A: b\r\nC")]
    [InlineData("Ä")]
    public void What_is_no_field_name_is_a_programming_error(string name) =>
        Assert.Throws<ArgumentException>(() => HeaderEncoder.Unstructured(name, "x"));

    private static void AssertLines(string field)
    {
        Assert.EndsWith("\r\n", field, StringComparison.Ordinal);
        var lines = field[..^2].Split("\r\n");
        Assert.All(lines.Skip(1), line => Assert.Matches("^ +[^ ]", line));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, line.Contains(new string('x', 100)) ? 300 : 78));
    }
}
