using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

public sealed class TomlPositionTests
{
    [Theory]
    [InlineData("key = value", "1:7")]
    [InlineData("\uFEFFkey = value", "1:7")]
    [InlineData("\"🙂é\" = value", "1:8")]
    [InlineData("ok = 1\r\n\tkey = value", "2:8")]
    [InlineData("list = [\n  1,\n  x,\n]", "3:3")]
    [InlineData("s = \"\"\"\nabc\\q\"\"\"", "2:4")]
    [InlineData("s = \"ab\u0001c\"", "1:8")]
    [InlineData("a = 1\na = 2", "2:1")]
    [InlineData("[t]\n[ t ]", "2:3")]
    [InlineData("a = {b = 1, b = 2}", "1:13")]
    [InlineData("d = 2026-02-30", "1:5")]
    [InlineData("n = 9223372036854775808", "1:5")]
    [InlineData("a.b.", "1:5")]
    public void Error_stands_at_its_line_and_column(string text, string position) =>
        Assert.Equal(position, Assert.Single(TomlDocument.Parse(text).Errors).Position.ToString());

    [Fact]
    public void Every_key_and_value_knows_its_place()
    {
        var root = TomlDocument.Parse("a = 1\n  b . \"c d\" = [ 2,\n3 ]\n[t.u]\n[[v]]\nx={y='z'}\n").Root;
        Assert.True(root.TryGet("b", out var b));
        Assert.Equal("2:3", b.KeyPosition.ToString());
        var entry = ((TomlTable)b.Value).Entries[0];
        Assert.Equal(("c d", "2:7", "2:15"), (entry.Key, entry.KeyPosition.ToString(), entry.Value.Position.ToString()));
        Assert.Equal(["2:17", "3:1"], ((TomlArray)entry.Value).Items.Select(static i => i.Position.ToString()));
        Assert.True(root.TryGet("t", out var t));
        var u = ((TomlTable)t.Value).Entries[0];
        Assert.Equal(("4:4", "t.u"), (u.KeyPosition.ToString(), ((TomlTable)u.Value).Path));
        Assert.True(root.TryGet("v", out var v));
        var x = ((TomlTable)((TomlArray)v.Value).Items[0]).Entries[0];
        Assert.Equal(("6:3", "v.x"), (x.Value.Position.ToString(), ((TomlTable)x.Value).Path));
        Assert.Equal("6:4", ((TomlTable)x.Value).Entries[0].KeyPosition.ToString());
    }

    [Fact]
    public void One_mistake_in_a_long_array_is_one_error_and_the_rest_is_read()
    {
        var document = TomlDocument.Parse("list = [\n  \"a\",\n  \"b\"\n  \"c\",\n  \"d\",\n]\nbad\nok = 1\n");
        Assert.Equal(["4:3", "7:4"], document.Errors.Select(static e => e.Position.ToString()));
        Assert.True(document.Root.TryGet("ok", out _));
    }

    [Fact]
    public void A_table_that_must_not_be_there_costs_one_error_however_many_keys_it_has() =>
        Assert.Single(TomlDocument.Parse("[a]\nx = 1\n[a]\nx = 1\ny = 2\n[b]\nx = 1").Errors);
}
