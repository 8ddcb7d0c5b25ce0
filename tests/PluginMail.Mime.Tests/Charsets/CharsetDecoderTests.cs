namespace PluginMail.Mime.Tests.Charsets;

public sealed class CharsetDecoderTests
{
    [Theory]
    [InlineData("utf-8", "E282AC", "€")]
    [InlineData("UTF8", "C3A4", "ä")]
    [InlineData("\"utf-8\"", "C3A4", "ä")]
    [InlineData("us-ascii", "41", "A")]
    [InlineData("us-ascii", "C3A4", "ä")]
    [InlineData("latin1", "E4", "ä")]
    [InlineData("iso-8859-1", "8041", "€A")]
    [InlineData("ISO-8859-2", "B1", "ą")]
    [InlineData("iso-8859-5", "D0", "а")]
    [InlineData("iso-8859-7", "E1", "α")]
    [InlineData("iso-8859-8-i", "E0", "א")]
    [InlineData("iso-8859-9", "FD", "ı")]
    [InlineData("iso-8859-15", "A4", "€")]
    [InlineData("cp1251", "E0", "а")]
    [InlineData("windows-1250", "B9", "ą")]
    [InlineData("win-1252", "80", "€")]
    [InlineData("koi8-r", "C1", "а")]
    [InlineData("KOI8-U", "A4", "є")]
    [InlineData("tis-620", "A1", "ก")]
    [InlineData("gb2312", "D6D0", "中")]
    [InlineData("gbk", "D6D0", "中")]
    [InlineData("gb18030", "8139EE39", "㐀")]
    [InlineData("big5", "A4A4", "中")]
    [InlineData("x-sjis", "93FA", "日")]
    [InlineData("shift_jis", "8A BF", "漢")]
    [InlineData("euc-jp", "C6FC", "日")]
    [InlineData("iso-2022-jp", "1B2442467C1B2842", "日")]
    [InlineData("ks_c_5601-1987", "C7D1", "한")]
    [InlineData("euc-kr", "C7D1", "한")]
    [InlineData("utf-16", "FFFE4100", "A")]
    [InlineData("utf-16", "FEFF0041", "A")]
    [InlineData("utf-16le", "E400", "ä")]
    [InlineData("utf-16be", "00E4", "ä")]
    [InlineData("utf-32be", "0001F600", "😀")]
    [InlineData("unicode-1-1-utf-7", "48692B4D6F2D", null)]
    [InlineData("utf-7", "41 2B 41 4B 4D 2D 2B 2D", "A£+")]
    public void Names_in_the_wild_are_known(string name, string hex, string? text)
    {
        Assert.True(CharsetDecoder.TryGet(name, out var decoder));
        var decoded = decoder.Decode(Convert.FromHexString(hex.Replace(" ", "")), out var intact);
        if (text is not null)
        {
            Assert.Equal(text, decoded);
            Assert.True(intact);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x-no-such")]
    [InlineData("1252")]
    [InlineData("iso-8859-99")]
    public void Others_are_not(string name) => Assert.False(CharsetDecoder.TryGet(name, out _));

    [Fact]
    public void Long_names_are_not_looked_up() => Assert.False(CharsetDecoder.TryGet(new string('x', 100_000), out _));

    [Fact]
    public void Bytes_without_meaning_are_replaced_and_told()
    {
        Assert.True(CharsetDecoder.TryGet("utf-8", out var decoder));
        Assert.Equal("a\uFFFDb", decoder.Decode([0x61, 0xFF, 0x62], out var intact));
        Assert.False(intact);
        Assert.True(CharsetDecoder.TryGet("utf-7", out var utf7));
        Assert.Equal("\uFFFD", utf7.Decode("+2AA-"u8, out intact));
        Assert.False(intact);
    }
}
