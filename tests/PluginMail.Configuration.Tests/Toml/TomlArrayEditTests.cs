using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

/// <summary>Adding and removing items of arrays leaves everything else as it is.</summary>
public sealed class TomlArrayEditTests
{
    private const string Lines = "[p] # t\n# which\norder = [ # run\n  \"a\", # first\n  'b'  # second\n  # none after\n] # end\n\n[q]\nx = 1\n";

    [Theory]
    [InlineData("order = []", "order = [\"n\"]")]
    [InlineData("order = [ ] # c", "order = [\"n\" ] # c")]
    [InlineData("order = [\"a\"]", "order = [\"a\", \"n\"]")]
    [InlineData("order = [ \"a\", 'b', ]", "order = [ \"a\", 'b', \"n\", ]")]
    [InlineData("order = [\n  \"a\"\n]", "order = [\n  \"a\",\n  \"n\"\n]")]
    [InlineData("order = [\n\t\"a\", # c\n]", "order = [\n\t\"a\", # c\n\t\"n\",\n]")]
    [InlineData("order = [\n  \"a\"]", "order = [\n  \"a\",\n  \"n\"]")]
    [InlineData("other = 1", "other = 1\norder = [\"n\"]\n")]
    public void An_item_is_added(string before, string after)
    {
        var edited = TomlEditor.AddItem(TomlDocument.Parse($"[p]\n{before}"), ["p"], "order", "n");
        Assert.Empty(edited.Errors);
        Assert.Equal($"[p]\n{after}", edited.ToString());
    }

    [Theory]
    [InlineData("order = [\"a\"]", "order = []")]
    [InlineData("order = [\"a\", \"b\"]", "order = [\"b\"]")]
    [InlineData("order = [\"b\", \"a\"]", "order = [\"b\"]")]
    [InlineData("order = [ \"b\", 'a', \"c\", ] # c", "order = [ \"b\", \"c\", ] # c")]
    [InlineData("order = [\"a\", \"b\", \"a\"]", "order = [\"b\"]")]
    [InlineData("order = [\n  \"a\", # gone\n  \"b\"\n]", "order = [\n  \"b\"\n]")]
    [InlineData("order = [\n  \"b\", # stays\n  \"a\" # gone\n]", "order = [\n  \"b\", # stays\n]")]
    [InlineData("order = [\n  \"b\", \"a\",\n]", "order = [\n  \"b\",\n]")]
    [InlineData("order = [\"b\", # stays\n\"a\"]", "order = [\"b\", # stays\n]")]
    [InlineData("order = [\"b\"]", "order = [\"b\"]")]
    [InlineData("other = 1", "other = 1")]
    public void An_item_is_removed(string before, string after)
    {
        var edited = TomlEditor.RemoveItem(TomlDocument.Parse($"[p]\n{before}"), ["p"], "order", "a");
        Assert.Empty(edited.Errors);
        Assert.Equal($"[p]\n{after}", edited.ToString());
    }

    [Theory]
    [InlineData(Lines)]
    [InlineData("[p]\r\norder = [\r\n    \"a\",\r\n    \"b\",\r\n]\r\n")]
    [InlineData("[p]\norder = [\"a\"]\n")]
    [InlineData("[p]\norder = []\n")]
    public void What_was_added_can_be_removed_without_a_trace(string text)
    {
        var added = TomlEditor.AddItem(TomlDocument.Parse(text), ["p"], "order", "n");
        Assert.Empty(added.Errors);
        var removed = TomlEditor.RemoveItem(added, ["p"], "order", "n");
        Assert.Equal(text.Replace("'b'  # second", "'b',  # second", StringComparison.Ordinal), removed.ToString()); // one comma may stay
    }
}
