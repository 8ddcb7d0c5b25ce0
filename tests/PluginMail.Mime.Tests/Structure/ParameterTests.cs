using System.Text;

namespace PluginMail.Mime.Tests.Structure;

public sealed class ParameterTests
{
    [Theory]
    [InlineData("text/plain; charset=us-ascii (Plain text)", "charset", "us-ascii")]
    [InlineData("text/plain;;; charset = \"UTF-8\" ; format=flowed", "charset", "UTF-8")]
    [InlineData("TEXT/PLAIN; CHARSET=x", "charset", "x")]
    [InlineData("a/b; name=two words.txt; x=1", "name", "two words.txt")]
    [InlineData("a/b; name=\"never closed; x=1", "name", "never closed; x=1")]
    [InlineData("a/b; name=\"q\\\"uo\\\\te\"", "name", "q\"uo\\te")]
    [InlineData("a/b; name=\"=?utf-8?B?w6Q=?=.txt\"", "name", "ä.txt")]
    [InlineData("a/b; name*=iso-8859-1'en'%A3%20rates", "name", "£ rates")]
    [InlineData("a/b; name*1=b; name*0=a; name*2=c", "name", "abc")]
    [InlineData("a/b; name*0*=utf-8''%c3; name*1*=%A4", "name", "ä")]
    [InlineData("a/b; name*0=a; name*2=c", "name", "a")]
    [InlineData("a/b; name=plain; name*=utf-8''ext", "name", "ext")]
    [InlineData("a/b; name=first; name=second", "name", "first")]
    [InlineData("a/b; name*=broken%zz", "name", "broken%zz")]
    [InlineData("a/b;\r\n\tname=folded", "name", "folded")]
    [InlineData("a/b; =x; name=ok", "name", "ok")]
    [InlineData("a/b name=\"no semicolon\" x=1", "name", "no semicolon")]
    [InlineData("a/b; x=\"1\" name=2", "name", "2")]
    [InlineData("a/b junk; name=ok", "name", "ok")]
    [InlineData("multipart/mixed; boundary=\"=?utf-8?q?x?=\"", "boundary", "=?utf-8?q?x?=")]
    [InlineData("a/b; name=", "name", "")]
    [InlineData("a/b; (comment; name=no) name=yes", "name", "yes")]
    [InlineData("multipart/mixed;;\r\n  Boundary=\"=== _= 1\"", "boundary", "=== _= 1")]
    public void Values_are_decoded(string raw, string name, string value)
    {
        Assert.True(ContentType.TryParse(Encoding.UTF8.GetBytes(raw), out var type));
        Assert.Equal(value, type[name]);
    }

    [Fact]
    public void Raw_octets_are_read_as_UTF8_or_windows_1252()
    {
        Assert.True(ContentType.TryParse("a/b; name=\"\u00e4\""u8, out var utf8));
        Assert.Equal("ä", utf8["name"]);
        Assert.True(ContentType.TryParse(Encoding.Latin1.GetBytes("a/b; name=\"ä\""), out var latin));
        Assert.Equal("ä", latin["name"]);
    }

    [Theory]
    [InlineData("text", "text/plain")]
    [InlineData("multipart", "multipart/mixed")]
    [InlineData("application/", "application/octet-stream")]
    [InlineData("", "text/plain")]
    [InlineData("/x", "text/plain")]
    public void Types_without_subtype_become_the_nearest(string raw, string mediaType)
    {
        Assert.False(ContentType.TryParse(Encoding.UTF8.GetBytes(raw), out var type));
        Assert.Equal(mediaType, type.MediaType);
    }
}
