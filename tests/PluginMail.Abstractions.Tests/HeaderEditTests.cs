using System.Text;

namespace PluginMail.Abstractions.Tests;

public sealed class HeaderEditTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData(" one", true)]
    [InlineData(" one\r\n two\n\tthree", true)]
    [InlineData("one\r\nBcc: x", false)]
    [InlineData("one\nBcc: x", false)]
    [InlineData("one\r two", false)]
    [InlineData("one\r\n", false)]
    [InlineData("one\0", false)]
    public void An_inserted_value_is_one_field(string value, bool isOne)
    {
        byte[] octets = Encoding.Latin1.GetBytes(value);
        Assert.Equal(isOne, HeaderEdit.Insert.IsRawValue(octets));
        Assert.Equal(isOne, Record.Exception(() => new HeaderEdit.Insert("X", octets, 0)) is null);
    }

    [Fact]
    public void A_field_cannot_be_inserted_above_the_first() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeaderEdit.Insert("X", default, -1));
}
