using PluginMail.Abstractions;
using PluginMail.Configuration.Settings;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Settings;

public sealed class TomlSettingsTests
{
    private enum Mode
    {
        Off,
        FullSync,
    }

    [Theory]
    [InlineData("\"30s\"", 30_000)]
    [InlineData("\"1h30m\"", 5_400_000)]
    [InlineData("\"2d\"", 172_800_000)]
    [InlineData("\"500ms\"", 500)]
    [InlineData("\"1m5s250ms\"", 65_250)]
    [InlineData("90", 90_000)]
    [InlineData("0", 0)]
    public void Durations(string written, long milliseconds)
    {
        var settings = Open($"t = {written}");
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), settings.GetDuration("t", TimeSpan.MaxValue));
        Assert.Empty(settings.Findings);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"30\"")]
    [InlineData("\"s\"")]
    [InlineData("\"30 s\"")]
    [InlineData("\"-5m\"")]
    [InlineData("\"5m1h\"")]
    [InlineData("\"5m5m\"")]
    [InlineData("\"1.5h\"")]
    [InlineData("\"99999999999999999999d\"")]
    [InlineData("\"999999999999d\"")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("07:30:00")]
    [InlineData("9223372036854775807")]
    public void What_is_no_duration(string written) => Refused($"k = {written}", static s => s.GetDuration("k", TimeSpan.FromSeconds(7)), TimeSpan.FromSeconds(7));

    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("\"10K\"", 10_240)]
    [InlineData("\"25M\"", 26_214_400)]
    [InlineData("\"2g\"", 2_147_483_648)]
    [InlineData("\"512\"", 512)]
    public void Sizes(string written, long octets) => Assert.Equal(octets, Open($"k = {written}").GetSize("k", -1));

    [Theory]
    [InlineData("-1")]
    [InlineData("\"K\"")]
    [InlineData("\"10 K\"")]
    [InlineData("\"10KB\"")]
    [InlineData("\"9999999999999T\"")]
    [InlineData("1.0")]
    public void What_is_no_size(string written) => Refused($"k = {written}", static s => s.GetSize("k", 7), 7);

    [Theory]
    [InlineData("full_sync")]
    [InlineData("full-sync")]
    [InlineData("fullsync")]
    public void Names_of_enumerations(string written) => Assert.Equal(Mode.FullSync, Open($"k = '{written}'").GetEnum("k", Mode.Off));

    [Theory]
    [InlineData("'FullSync'")]
    [InlineData("'1'")]
    [InlineData("1")]
    [InlineData("''")]
    public void What_is_no_name(string written) => Refused($"k = {written}", static s => s.GetEnum("k", Mode.Off), Mode.Off);

    [Fact]
    public void Numbers()
    {
        var settings = Open("i = 5\nf = 2.5\nnan = nan\n");
        Assert.Equal((5L, 5.0, 2.5), (settings.GetInteger("i", 0), settings.GetNumber("i", 0), settings.GetNumber("f", 0)));
        Assert.Empty(settings.Findings);
        Assert.Equal(1, settings.GetNumber("nan", 1));
        Assert.Equal(1, settings.GetInteger("f", 1));
        Assert.Equal(9, settings.GetInteger("i", 9, 6, 8));
        Assert.Equal(3, settings.Findings.Count);
    }

    /// <summary>The words are those of the contract's own members, which another table than this one has.</summary>
    [Fact]
    public void A_plugin_reads_durations_and_sizes_within_bounds()
    {
        var table = Open("fit = '2s'\nlong = '2m'\nform = 'soon'\nbig = '2G'\n");
        ISettings settings = table;
        var (second, minute) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromSeconds(2), settings.GetDuration("fit", minute, second, minute));
        Assert.Equal(TimeSpan.Zero, settings.GetDuration("missing", TimeSpan.Zero, second, minute));
        Assert.Empty(table.Findings);
        Assert.Equal(TimeSpan.Zero, settings.GetDuration("long", TimeSpan.Zero, second, minute));
        Assert.Equal(TimeSpan.Zero, settings.GetDuration("form", TimeSpan.Zero, second, minute));
        Assert.Equal(0, settings.GetSize("big", 0, 1 << 10, 1 << 30));
        Assert.Collection(
            table.Findings,
            finding => Assert.EndsWith("; expected a duration from 1s to 1m", finding.Message, StringComparison.Ordinal),
            finding => Assert.Contains("; expected a duration like ", finding.Message, StringComparison.Ordinal),
            finding => Assert.EndsWith("; expected a size from 1K to 1G", finding.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_keys_read_as_their_defaults_and_are_no_finding()
    {
        ISettings settings = Open("");
        Assert.False(settings.Contains("a"));
        Assert.Equal("d", settings.GetString("a", "d"));
        Assert.True(settings.GetBoolean("b", defaultValue: true));
        Assert.Equal(["x"], settings.GetStrings("c", ["x"]));
        Assert.Equal(4, settings.GetTable("t").GetTable("u").GetInteger("k", 4));
        Assert.Empty(settings.GetTables("l"));
        var report = ((TomlSettings)settings).Findings;
        Assert.Empty(report);
    }

    [Fact]
    public void Keys_that_nobody_read_are_unknown_in_every_table_that_was_read()
    {
        var settings = Open("a = 1\nextra = 1\n[t]\nhots = 'x'\n[t.u]\nz = 1\n[[l]]\nx = 1\n[[l]]\ny = 1\n[unread]\nq = 1\n");
        ISettings contract = settings;
        contract.GetInteger("a", 0);
        contract.GetTable("t").GetString("host", "");
        Assert.Equal(2, contract.GetTables("l").Count);
        Assert.All(contract.GetTables("l"), static l => l.GetInteger("x", 0));
        settings.ReportUnknownKeys();
        Assert.Equal(
            [
                "mail.toml:2:1: unknown key \"extra\"",
                "mail.toml:4:1: unknown key \"hots\" in [t]; did you mean \"host\"?",
                "mail.toml:5:4: unknown table \"u\" in [t]",
                "mail.toml:10:1: unknown key \"y\" in [[l]]; did you mean \"x\"?",
                "mail.toml:11:2: unknown table \"unread\"",
            ],
            settings.Findings.Select(static f => f.Headline));
    }

    [Fact]
    public void Rejection_of_an_item_counts_only_what_was_handed_out()
    {
        var settings = Open("k = ['a', 5, 'b']");
        Assert.Equal(["a", "b"], settings.GetStrings("k", []));
        settings.RejectItem("k", 1, "an a");
        Assert.Equal("mail.toml:1:14: value 3 of \"k\" is 'b' (a string); expected an a", settings.Findings[1].Headline);
    }

    [Fact]
    public void Rejection_of_a_missing_key_stands_at_its_table()
    {
        var settings = Open("\n[t]\n");
        ((ISettings)settings).GetTable("t").Reject("k", "a host");
        settings.GetTable("absent").Reject("k", "a host");
        Assert.Equal(
            ["mail.toml:1:1: \"k\" in [absent] is missing; expected a host", "mail.toml:2:2: \"k\" in [t] is missing; expected a host"],
            settings.Findings.Select(static f => f.Headline));
    }

    [Theory]
    [InlineData("hostnme", "hostname")]
    [InlineData("Hostname", "hostname")]
    [InlineData("hsotname", "hostname")]
    [InlineData("colour", null)]
    public void Nearest_word(string word, string? meant) => Assert.Equal(meant, Spelling.Nearest(word, ["hostname", "data", "shutdown"]));

    private static void Refused<T>(string text, Func<ISettings, T> read, T defaultValue)
    {
        var settings = Open(text);
        Assert.Equal(defaultValue, read(settings));
        Assert.Contains("expected", Assert.Single(settings.Findings).Message, StringComparison.Ordinal);
    }

    private static TomlSettings Open(string text)
    {
        var document = TomlDocument.Parse(text);
        Assert.Empty(document.Errors);
        return new TomlSettings(document.Root, new SettingsReport("mail.toml"));
    }
}
