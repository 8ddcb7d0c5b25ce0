using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

public sealed class TomlEditorTests
{
    private const string Text = "# head\r\ntop = 1 # one\r\n\r\n[server] # the server\r\n  hostname = 'a'   # keep me\r\n\r\n# about limits\r\n[limits]\r\n[[list]]\r\nx = 1";

    [Theory]
    [InlineData("server", "hostname", "b", "  hostname = 'a'   # keep me", "  hostname = \"b\"   # keep me")]
    [InlineData("server", "data", "d", "# keep me\r\n", "# keep me\r\n  data = \"d\"\r\n")]
    [InlineData("limits", "errors", 5, "[limits]\r\n", "[limits]\r\nerrors = 5\r\n")]
    [InlineData("", "top", true, "top = 1 # one", "top = true # one")]
    [InlineData("", "odd key", 1.5, "# one\r\n", "# one\r\n\"odd key\" = 1.5\r\n")]
    [InlineData("plugins.a b", "k", 1L, "x = 1", "x = 1\r\n\r\n[plugins.\"a b\"]\r\nk = 1\r\n")]
    public void Setting_a_key_changes_nothing_else(string table, string key, object value, string before, string after)
    {
        var edited = TomlEditor.Set(TomlDocument.Parse(Text), Path(table), key, value);
        Assert.Empty(edited.Errors);
        Assert.Equal(Text.Replace(before, after, StringComparison.Ordinal), edited.ToString());
    }

    [Theory]
    [InlineData("server", "hostname", "  hostname = 'a'   # keep me\r\n")]
    [InlineData("", "top", "top = 1 # one\r\n")]
    [InlineData("server", "absent", "")]
    [InlineData("list", "x", "")]
    public void Removing_a_key_removes_its_line(string table, string key, string gone)
    {
        var edited = TomlEditor.Remove(TomlDocument.Parse(Text), Path(table), key);
        Assert.Equal(gone.Length == 0 ? Text : Text.Replace(gone, "", StringComparison.Ordinal), edited.ToString());
    }

    [Fact]
    public void Byte_order_mark_stays_in_front()
    {
        Assert.Equal("\uFEFFb = 1\n", TomlEditor.Set(TomlDocument.Parse("\uFEFF"), [], "b", 1).ToString());
        Assert.Equal("\uFEFFb = 1\n[t]", TomlEditor.Set(TomlDocument.Parse("\uFEFF[t]"), [], "b", 1).ToString());
        Assert.Equal("\uFEFF", TomlEditor.Remove(TomlDocument.Parse("\uFEFFa = 1\n"), [], "a").ToString());
    }

    [Fact]
    public void A_key_that_cannot_be_had_is_an_error_of_the_new_document() =>
        Assert.NotEmpty(TomlEditor.Set(TomlDocument.Parse("a = 1\n"), ["a"], "b", 1).Errors);

    [Fact]
    public void Literals_are_read_back_as_what_they_were()
    {
        object[] values = ["", "a\"b\\c\n\t\u0001\u007F🙂", true, 5L, 1.0, 1e300, double.NegativeInfinity, new[] { "a", "b" }];
        foreach (object value in values)
        {
            var document = TomlDocument.Parse($"v = {TomlLiteral.Value(value)}");
            Assert.Empty(document.Errors);
            object read = document.Root.Entries[0].Value switch
            {
                TomlScalar scalar => scalar.Value,
                TomlArray array => array.Items.Select(static i => ((TomlScalar)i).Value).ToArray(),
                var other => other,
            };
            Assert.Equal(value, read);
        }
    }

    private static string[] Path(string table) => table.Split('.', StringSplitOptions.RemoveEmptyEntries);
}
