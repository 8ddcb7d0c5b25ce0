using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

/// <summary>The specification's rules in a few words each, for machines without the corpus.</summary>
public sealed class TomlSpecificationTests
{
    [Theory]
    [InlineData("a = '''\nx'''", "x")]
    [InlineData("a = \"\"\"x\\\n   \n  y\"\"\"", "xy")]
    [InlineData("a = \"\"\"\"\"two\"\"\"\"\"", "\"\"two\"\"")]
    [InlineData("a = \"\\u00E9\\U0001F600\\\\\"", "é😀\\")]
    [InlineData("a = 'C:\\n'", "C:\\n")]
    [InlineData("a = 0xDEAD_beef", 0xDEADBEEFL)]
    [InlineData("a = -9223372036854775808", long.MinValue)]
    [InlineData("a = 0b101", 5L)]
    [InlineData("a = +1_000", 1000L)]
    [InlineData("a = 6.5e-1", 0.65)]
    [InlineData("a = -inf", double.NegativeInfinity)]
    [InlineData("a = true", true)]
    public void Value(string text, object expected)
    {
        var document = TomlDocument.Parse(text);
        Assert.Empty(document.Errors);
        Assert.Equal(expected, Assert.IsType<TomlScalar>(Assert.Single(document.Root.Entries).Value).Value);
    }

    [Theory]
    [InlineData("1979-05-27 07:32:00.999z", "1979-05-27T07:32:00.999Z")]
    [InlineData("1979-05-27T07:32:00-07:30", "1979-05-27T07:32:00-07:30")]
    [InlineData("1979-05-27t07:32:60", "1979-05-27T07:32:60")]
    [InlineData("1979-05-27 # date", "1979-05-27")]
    [InlineData("07:32:00", "07:32:00")]
    public void Time(string written, string expected) =>
        Assert.Equal(expected, Assert.IsType<TomlScalar>(TomlDocument.Parse("a = " + written).Root.Entries[0].Value).ToString());

    [Theory]
    [InlineData("a = 01")]
    [InlineData("a = 1__0")]
    [InlineData("a = _1")]
    [InlineData("a = 1.")]
    [InlineData("a = .5")]
    [InlineData("a = 1e")]
    [InlineData("a = +0x1")]
    [InlineData("a = 0X1")]
    [InlineData("a = 1979-02-30")]
    [InlineData("a = 25:00:00")]
    [InlineData("a = 07:32")]
    [InlineData("a = \"\\x41\"")]
    [InlineData("a = \"\\uD800\"")]
    [InlineData("a = \"x\ny\"")]
    [InlineData("a = \"\u007F\"")]
    [InlineData("a = 'x' 'y'")]
    [InlineData("a = \"\"\"x\"\"\"\"\"\"")]
    [InlineData("a = [1,,2]")]
    [InlineData("a = {x = 1,}")]
    [InlineData("a = {x = 1\n}")]
    [InlineData("a = 1\ra = 2")]
    [InlineData("a = 1 b = 2")]
    [InlineData("# \u0001")]
    [InlineData("a.b = 1\n[a]")]
    [InlineData("[a.b]\n[a]\nb.c = 1")]
    [InlineData("a = {}\n[a.b]")]
    [InlineData("a = [{}]\n[[a]]")]
    [InlineData("[a]\n[[a]]")]
    [InlineData("[a.b]\n[[a]]")]
    [InlineData("[[a]]\n[a]")]
    [InlineData("[ [a]]")]
    [InlineData("[a] ]")]
    [InlineData("\uFEFF\uFEFFa = 1")]
    public void Not_toml(string text) => Assert.NotEmpty(TomlDocument.Parse(text).Errors);

    [Theory]
    [InlineData("[a.b]\n[a]\nc = 1")]
    [InlineData("[a]\nb.c = 1\n[a.b.d]")]
    [InlineData("[[a]]\n[a.b]\n[[a]]\n[a.b]")]
    [InlineData("a.b.c = 1\na.b.d = 2")]
    [InlineData("1.2 = 'key'")]
    public void Tables_that_may_be_opened_again_or_added_to(string text) =>
        Assert.Empty(TomlDocument.Parse(text).Errors);

    [Fact]
    public void Fuzz_seeds_are_valid_and_written_back_unchanged() =>
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Fuzz", "corpus", "toml")), static file =>
        {
            byte[] octets = File.ReadAllBytes(file);
            var document = TomlDocument.Parse(octets);
            Assert.Empty(document.Errors);
            Assert.Equal(octets, document.ToUtf8());
        });
}
