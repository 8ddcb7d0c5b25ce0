using System.Diagnostics;
using System.Text;

namespace PluginMail.Mime.Tests.Headers;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData(" plain text ", "plain text", true)]
    [InlineData(" folded\r\n\ttext", "folded\ttext", true)]
    [InlineData("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>", true)]
    [InlineData("=?ISO-8859-1?Q?a?= b", "a b", true)]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab", true)]
    [InlineData("=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab", true)]
    [InlineData("=?ISO-8859-1?Q?a_b?=", "a b", true)]
    [InlineData("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b", true)]
    [InlineData("=?utf-8?B?w6Q=?=", "ä", true)]
    [InlineData("=?utf-8?B?w6Q?=", "ä", true)]
    [InlineData("=?utf-8*de?Q?=c3=a4?=", "ä", true)]
    [InlineData("=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä", true)]
    [InlineData("=?utf-8?B?ww==?=\r\n =?UTF8?B?pA==?=", "ä", true)]
    [InlineData("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本", true)]
    [InlineData("=?x-no-such?Q?a?= b", "=?x-no-such?Q?a?= b", false)]
    [InlineData("=?utf-8?X?a?=", "=?utf-8?X?a?=", true)]
    [InlineData("=?utf-8?Q?a", "=?utf-8?Q?a", true)]
    [InlineData("=?utf-8?Q??=x", "x", true)]
    [InlineData("=?utf-8?Q?=FF?=", "\uFFFD", false)]
    [InlineData("=??=", "=??=", true)]
    [InlineData("=?=?=?=?=", "=?=?=?=?=", true)]
    [InlineData("a =?utf-8?q?b?=c", "a bc", true)]
    [InlineData("=?utf-8?q?=zz?=", "=zz", true)]
    [InlineData("raw ä UTF-8", "raw ä UTF-8", true)]
    public void Words_are_decoded(string raw, string text, bool isComplete)
    {
        Assert.Equal(new DecodedText(text, isComplete), HeaderText.Decode(Encoding.UTF8.GetBytes(raw)));
    }

    [Fact]
    public void Raw_octets_that_are_no_UTF8_are_read_as_windows_1252()
    {
        Assert.Equal(new DecodedText("caf\u00e9 \u20ac", false), HeaderText.Decode([.. "caf"u8, 0xE9, (byte)' ', 0x80]));
        Assert.Equal("caf\u00e9", HeaderText.Unfold([.. "caf"u8, 0xE9]));
    }

    [Theory]
    [InlineData("=?utf-8?q?")]
    [InlineData("=?")]
    [InlineData("=?a?q?b?= ")]
    [InlineData("?=")]
    public void Hostile_repetition_is_linear(string unit)
    {
        var started = Stopwatch.GetTimestamp();
        HeaderText.Decode(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 100_000)) + "?="));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("=?utf-8?Q?a=0D=0Ab=0Ac=0Dd=00e?=", "a b c d e")]
    [InlineData("plain", "plain")]
    public void Line_ends_of_encoded_words_do_not_make_lines(string raw, string line) =>
        Assert.Equal(line, HeaderText.OneLine(HeaderText.Decode(Encoding.Latin1.GetBytes(raw)).Text));
}
