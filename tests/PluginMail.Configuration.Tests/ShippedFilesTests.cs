using System.Text;
using System.Text.RegularExpressions;
using PluginMail.Configuration.Options;
using PluginMail.Configuration.Settings;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests;

/// <summary>The files that come with the server say what the server does.</summary>
public sealed partial class ShippedFilesTests
{
    private static readonly string Reference = Path.Combine(Repository.Root, "mail.toml");

    [Theory]
    [InlineData("mail.toml")]
    [InlineData("tests/Benchmarks/mail.toml")]
    public void Shipped_file_loads_without_findings(string path)
    {
        var result = ConfigurationFile.Load(Path.Combine(Repository.Root, path));
        Assert.Empty(result.Findings);
        Assert.True(result.IsUsable);
    }

    [Fact]
    public void Reference_as_it_is_and_with_all_comments_taken_off_gives_the_defaults()
    {
        string defaults = OptionsText.Of(ConfigurationFile.Parse([], Reference).Options);
        Assert.Equal(defaults, OptionsText.Of(ConfigurationFile.Load(Reference).Options));
        var uncommented = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(Uncommented()), Reference);
        Assert.Empty(uncommented.Findings);
        Assert.Equal(defaults, OptionsText.Of(uncommented.Options));
    }

    [Fact]
    public void Reference_shows_every_key_there_is()
    {
        var document = TomlDocument.Parse(Uncommented());
        var settings = new TomlSettings(document.Root, new SettingsReport("mail.toml"));
        MailServerOptions.Read(settings, Repository.Root);
        var known = settings.AskedKeys().Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(known, Paths(document.Root).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Reference_shows_the_keys_that_every_plugin_may_have_with_their_defaults()
    {
        var lines = File.ReadLines(Reference).SkipWhile(static l => l != "#   [plugins.clamav]").TakeWhile(static l => l.Length > 0).Select(static l => l[4..]);
        string text = "[plugins]\norder = [\"clamav\"]\n" + string.Join('\n', lines);
        var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "mail.toml");
        Assert.Empty(result.Findings);
        var plugin = Assert.Single(result.Options!.Plugins.Order);
        Assert.Equal(OptionsText.Of(new PluginEntry { Name = "clamav" }), OptionsText.Of(plugin with { Fingerprint = "" }));
        var settings = plugin.OpenSettings();
        Assert.Equal(["on_fault", "time_limit", "concurrency", "fault_limit", "fault_pause"], settings.Keys);
        settings.ReportUnknownKeys();
        Assert.Empty(settings.Findings);
    }

    [Fact]
    public void Reference_shows_rules_that_load()
    {
        string folder = Directory.CreateTempSubdirectory("pluginmail-rules-").FullName;
        File.WriteAllText(Path.Combine(folder, "access.txt"), "192.0.2.0/24 reject not from there\n# comment\n198.51.100.7\n");
        string text = string.Join('\n', File.ReadLines(Reference).SkipWhile(static l => l != "#   [[access]]")
            .TakeWhile(static l => !l.StartsWith("# A domain with a way", StringComparison.Ordinal)).Where(static l => l.StartsWith("#   ", StringComparison.Ordinal)).Select(static l => l[4..]));
        var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), Path.Combine(folder, "mail.toml"));
        Directory.Delete(folder, recursive: true);
        Assert.Empty(result.Findings);
        Assert.Equal(["staff", "line 6", "line 10"], result.Options!.Access.Select(static rule => rule.Name));
        Assert.Equal(
            [new AccessFileLine(1, "192.0.2.0/24", AccessVerb.Refuse, "not from there"), new AccessFileLine(3, "198.51.100.7", null, "")],
            result.Options.Access[2].File!.Lines);
        Assert.Equal(
            [HeaderCheckMatch.Regex, HeaderCheckMatch.Starts, HeaderCheckMatch.Regex], result.Options.HeaderChecks.Select(static check => check.Match));
    }

    [Fact]
    public void Reference_shows_scripts_on_imap_events_that_load()
    {
        string folder = Directory.CreateTempSubdirectory("pluginmail-events-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "filters"));
        File.WriteAllText(Path.Combine(folder, "filters", "moved-to-junk.sieve"), "keep;");
        string text = string.Join('\n', File.ReadLines(Reference).SkipWhile(static l => l != "#   [[filters.events]]")
            .TakeWhile(static l => l.StartsWith("#   ", StringComparison.Ordinal)).Select(static l => l[4..]));
        var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), Path.Combine(folder, "mail.toml"));
        Directory.Delete(folder, recursive: true);
        Assert.Empty(result.Findings);
        FilterEventOptions one = Assert.Single(result.Options!.Filters.Events);
        Assert.Equal(("\\Junk", "*", 1, 0), (one.Mailbox, one.From, one.Before.Count, one.After.Count));
        Assert.Equal([FilterEventCause.Copy], one.Causes);
    }

    [Fact]
    public void Benchmarks_listen_on_loopback_without_tls()
    {
        var options = ConfigurationFile.Load(Path.Combine(Repository.Root, "tests/Benchmarks/mail.toml")).Options!;
        Assert.All(options.Listeners, static l => Assert.True(l.Address.IsLoopback && l.Tls == ListenerTls.None && l.Authentication));
        Assert.Equal([3025, 3143, 3110], options.Listeners.Select(static l => l.Address.Port));
        Assert.False(options.Authentication.RequireTls);
        Assert.Equal(Path.Combine(Repository.Root, "data", "bench"), options.Server.Data);
    }

    /// <summary>mail.toml's convention: "#key" is a key with its default, "# text" is prose.</summary>
    private static string Uncommented() => CommentedKey().Replace(File.ReadAllText(Reference), "");

    private static IEnumerable<string> Paths(TomlTable table) => table.Entries.SelectMany(entry => entry.Value switch
    {
        TomlTable { Entries.Count: > 0 } inner => Paths(inner),
        TomlTable { Path: "log.levels" } => [],
        TomlTable => [],
        TomlArray array when array.Items.Any(static i => i is TomlTable) => array.Items.OfType<TomlTable>().SelectMany(Paths),
        _ => [table.Path.Length == 0 ? entry.Key : $"{table.Path}.{entry.Key}"],
    });

    [GeneratedRegex(@"^#(?=[a-z\]]|  \{)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentedKey();
}
