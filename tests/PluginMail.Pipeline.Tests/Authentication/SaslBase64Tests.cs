using System.Text;

namespace PluginMail.Pipeline.Tests.Authentication;

public sealed class SaslBase64Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("AHUAcA==", "\0u\0p")]
    [InlineData("YWJj", "abc")]
    public void What_is_base64_is_decoded(string text, string expected)
    {
        Assert.True(SaslBase64.TryDecode(Encoding.ASCII.GetBytes(text), out byte[]? octets));
        Assert.Equal(expected, Encoding.ASCII.GetString(octets));
        Assert.True(SaslBase64.TryDecode(text, out octets));
        Assert.Equal(expected, Encoding.ASCII.GetString(octets));
    }

    [Theory]
    [InlineData("=")]
    [InlineData("YQ")]
    [InlineData("YQ=")]
    [InlineData("YQ==YQ==")]
    [InlineData("YQ==x")]
    [InlineData("YW Jj")]
    [InlineData("YWJj\r\n")]
    [InlineData("YWJ-")]
    [InlineData("YWJ\u00e9")]
    public void What_is_not_base64_is_refused(string text)
    {
        Assert.False(SaslBase64.TryDecode(Encoding.UTF8.GetBytes(text), out _));
        Assert.False(SaslBase64.TryDecode(text, out _));
    }
}
