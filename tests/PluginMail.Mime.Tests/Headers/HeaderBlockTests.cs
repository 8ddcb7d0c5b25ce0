using System.Text;

namespace PluginMail.Mime.Tests.Headers;

public sealed class HeaderBlockTests
{
    [Fact]
    public void Fields_are_enumerated_with_their_offsets()
    {
        const string Block = "From me Sat\r\nSubject: a\r\n b\r\nTo : x\nno field\r\n cont\r\nEmpty:\r\nLast: 1\r\n\r\nBody: no";
        var bytes = Encoding.UTF8.GetBytes(Block);
        var seen = new List<string>();
        foreach (var field in new HeaderBlock(bytes))
        {
            Assert.Equal(Block[field.Start..field.End], Encoding.UTF8.GetString(field.Raw));
            Assert.Equal(Encoding.UTF8.GetString(field.RawValue), Block.Substring(field.ValueStart, field.RawValue.Length));
            seen.Add($"{Encoding.UTF8.GetString(field.Name)}|{Encoding.UTF8.GetString(field.RawValue)}");
        }
        Assert.Equal(["|From me Sat", "Subject| a\r\n b", "To| x", "|no field", "| cont", "Empty|", "Last| 1"], seen);
    }

    [Fact]
    public void Names_are_found_without_regard_to_case()
    {
        var block = new HeaderBlock("A: 1\nsubJECT: 2\nSubject: 3\n"u8);
        Assert.True(block.TryFind("Subject"u8, out var field));
        Assert.Equal(" 2"u8, field.RawValue);
        Assert.False(block.TryFind("To"u8, out _));
    }

    [Theory]
    [InlineData("A: 1\r\n\r\nbody", 6, 8)]
    [InlineData("A: 1\nB: 2\n\nbody", 10, 11)]
    [InlineData("A: 1", 4, 4)]
    [InlineData("\r\nbody", 0, 2)]
    [InlineData("body", 0, 0)]
    [InlineData("", 0, 0)]
    public void Body_is_found(string text, int headerEnd, int body)
    {
        Assert.Equal(body, HeaderBlock.FindBody(Encoding.UTF8.GetBytes(text), out var end));
        Assert.Equal(headerEnd, end);
    }
}
