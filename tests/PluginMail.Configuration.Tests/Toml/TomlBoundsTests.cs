using System.Text;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

/// <summary>Documents that no person wrote.</summary>
public sealed class TomlBoundsTests
{
    private const int Size = TomlLimits.Octets;
    private const int Large = 1 << 20;

    [Fact]
    public void Nesting_has_an_end()
    {
        Assert.Empty(TomlDocument.Parse("a = " + new string('[', TomlLimits.Depth) + new string(']', TomlLimits.Depth)).Errors);
        var error = Assert.Single(TomlDocument.Parse("a = " + new string('[', 1_000_000)).Errors);
        Assert.Contains("deeper than 64", error.Message, StringComparison.Ordinal);
        Assert.Single(TomlDocument.Parse("a = " + string.Concat(Enumerable.Repeat("{a=", 100_000))).Errors);
        Assert.Single(TomlDocument.Parse(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1").Errors);
    }

    [Fact]
    public void Size_has_an_end()
    {
        Assert.Contains("at most", Assert.Single(TomlDocument.Parse(new byte[Size + 1]).Errors).Message, StringComparison.Ordinal);
        Assert.Contains("at most", Assert.Single(TomlDocument.Parse(new string('\n', Size + 1)).Errors).Message, StringComparison.Ordinal);
        Assert.Empty(TomlDocument.Parse(new string('\n', Size)).Errors);
    }

    [Fact]
    public void Errors_have_an_end()
    {
        string text = string.Concat(Enumerable.Repeat("=\n", 100_000));
        var document = TomlDocument.Parse(text);
        Assert.Equal(TomlLimits.Errors, document.Errors.Count);
        Assert.Equal(text, document.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Large_document_is_read_in_seconds(int number)
    {
        string text = number switch
        {
            0 => Repeat("[[a.b]]\nc.d = 1\n"),
            1 => $"x = [{Repeat("1,")[..(Large - 10)]}]",
            2 => $"x = {{{string.Join(',', Enumerable.Range(0, 75_000).Select(static i => $"k{i % 50_000} = 1"))}}}",
            3 => $"['{new string('n', Large / 2)}']\n{string.Join('\n', Enumerable.Range(0, 40_000).Select(static i => $"k{i}={{}}"))}",
            4 => $"x = '''{Repeat("''\n")[..(Large - 20)]}'''",
            5 => Repeat("a = [\n"),
            6 => Repeat("a"),
            _ => Repeat("\"\"\"\n"),
        };
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(text, TomlDocument.Parse(text).ToString());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Messages_stay_short_whatever_they_quote()
    {
        string name = new('n', 100_000);
        var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes($"{name} = 1\n[{name}x]\n[server]\nhostname = \"{name}\"\nerrors = {name}"), "mail.toml");
        Assert.All(result.Findings, static f => Assert.InRange(f.ToString().Length, 1, 1500));
        Assert.NotEmpty(result.Findings);
    }

    private static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, Large / text.Length));
}
