using System.IO.Compression;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Installing;

/// <summary>What an administrator installs is looked at before it is put in its place.</summary>
public sealed class PluginInstallationTests : IDisposable
{
    private static readonly string Probe = Path.Combine(PluginBench.Built, "Probe");
    private readonly string _root = Directory.CreateTempSubdirectory("install-").FullName;
    private readonly PluginInstallation _installation;

    public PluginInstallationTests()
    {
        Installed = Path.Combine(_root, "plugins");
        Directory.CreateDirectory(Installed);
        _installation = new PluginInstallation(new PluginHostOptions(Installed, Path.Combine(_root, "none"), Path.Combine(_root, "shadow")));
    }

    private string Installed { get; }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("probe-1.2/")]
    public void An_archive_is_installed_whether_its_files_lie_in_one_folder_or_in_none(string folder)
    {
        var (plugin, error) = _installation.Stage(Zip([.. Files().Select(file => (folder + file.Name, file.Content))]), name: null);
        Assert.Null(error);
        Assert.Equal("probe", plugin!.Name);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed));
        Assert.Null(_installation.Place(plugin));
        Assert.True(File.Exists(Path.Combine(Installed, "probe", "Probe.dll")));
        Assert.Null(_installation.Check("probe"));
        Assert.Equal([("probe", true)], _installation.Available());
    }

    [Fact]
    public void What_a_kill_left_aside_goes_back_until_it_is_discarded()
    {
        var (first, _) = _installation.Stage(Probe, "tagger");
        Assert.Null(_installation.Place(first!));
        File.WriteAllText(Path.Combine(Installed, "tagger", "mark"), "first");
        Assert.NotNull(_installation.Take("tagger")); // killed here, with another on its way
        Assert.NotNull(_installation.Stage(Probe, "other").Plugin);
        _installation.Recover();
        Assert.Equal("first", File.ReadAllText(Path.Combine(Installed, "tagger", "mark")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed + "-incoming"));

        var (second, _) = _installation.Stage(Probe, "tagger");
        Assert.NotNull(_installation.Place(second!)); // killed before anybody knew whether the new one starts
        _installation.Recover();
        Assert.Equal("first", File.ReadAllText(Path.Combine(Installed, "tagger", "mark")));

        var (third, _) = _installation.Stage(Probe, "tagger");
        _installation.Discard(_installation.Place(third!)); // it does
        _installation.Recover();
        Assert.False(File.Exists(Path.Combine(Installed, "tagger", "mark")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed + "-incoming"));
    }

    [Fact]
    public void A_folder_is_installed_under_another_name_and_one_that_was_there_can_be_put_back()
    {
        var (first, _) = _installation.Stage(Probe, "Tagger");
        Assert.Null(_installation.Place(first!));
        File.WriteAllText(Path.Combine(Installed, "Tagger", "mark"), "first");
        var (second, _) = _installation.Stage(Probe, "tagger");
        var before = _installation.Place(second!);
        Assert.NotNull(before);
        Assert.False(File.Exists(Path.Combine(Installed, "Tagger", "mark")));
        _installation.PutBack(before);
        Assert.True(File.Exists(Path.Combine(Installed, "Tagger", "mark")));
        _installation.Discard(_installation.Take("tagger"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed + "-incoming"));
        Assert.Null(_installation.Take("tagger"));
    }

    [Theory]
    [InlineData("../escape.dll")]
    [InlineData("a/../../escape.dll")]
    [InlineData("/absolute.dll")]
    [InlineData("C:\\drive.dll")]
    [InlineData("a\\..\\..\\b.dll")]
    [InlineData("a//b.dll")]
    [InlineData("a/\u0000b.dll")]
    public void An_archive_cannot_write_outside_its_folder(string name)
    {
        Refused(Zip([.. Files(), (name, "x"u8.ToArray())]), "may not be unpacked");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed));
        Assert.False(File.Exists(Path.Combine(_root, "escape.dll")));
    }

    [Fact]
    public void An_archive_is_bounded_in_files_and_octets_whatever_it_says_of_itself()
    {
        Refused(Zip([.. Enumerable.Range(0, 2001).Select(i => ($"{i}.txt", Array.Empty<byte>()))]), "more than 2000 files");
        string bomb = Path.Combine(_root, "bomb.zip");
        using (var archive = ZipFile.Open(bomb, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("zeros", CompressionLevel.Fastest).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 513; i++)
            {
                entry.Write(zeros);
            }
        }

        Refused(bomb, "more than 512 MiB");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed + "-incoming"));
    }

    [Fact]
    public void Two_entries_of_one_name_and_links_are_refused()
    {
        Refused(Zip([.. Files(), ("probe.dll", "x"u8.ToArray())]), "two entries");
        string link = Path.Combine(_root, "link.zip");
        using (var archive = ZipFile.Open(link, ZipArchiveMode.Create))
        {
            archive.CreateEntry("Probe.dll").ExternalAttributes = unchecked((int)0xA1FF0000);
        }

        Refused(link, "may not be unpacked");
        string folder = Directory.CreateDirectory(Path.Combine(_root, "linked")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "Probe.dll"), Path.Combine(Probe, "Probe.dll"));
        Refused(folder, "is a link");
    }

    [Fact]
    public void What_is_no_plugin_is_refused_with_the_reason()
    {
        Refused(Path.Combine(_root, "missing"), "does not exist");
        string text = Path.Combine(_root, "text.zip");
        File.WriteAllText(text, "not a zip");
        Refused(text, "not a whole zip archive");
        Refused(Zip([("readme.txt", "x"u8.ToArray())]), "cannot tell which assembly");
        Refused(Zip([("Probe.dll", "x"u8.ToArray())]), "not a whole .NET assembly");
        Refused(Zip([("Other.dll", File.ReadAllBytes(typeof(FactAttribute).Assembly.Location))]), "it is not a plugin");
        Refused(Probe, "is no name for a plugin", "a b");
        Refused(Probe, "is no name for a plugin", "../x");
        var needy = Directory.EnumerateFiles(Path.Combine(PluginBench.Built, "Needy"))
            .Where(file => !file.Contains("Gadget", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));
        Refused(Zip([.. needy]), "needs Gadget");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Installed));
    }

    [Fact]
    public void A_malformed_list_of_libraries_is_a_reason_and_no_crash()
    {
        var (plugin, _) = _installation.Stage(Probe, "tagger");
        Assert.Null(_installation.Place(plugin!));
        File.WriteAllText(Path.Combine(Installed, "tagger", "Probe.deps.json"), "{");
        Assert.Contains("its Probe.deps.json cannot be used", _installation.Check("tagger")!, StringComparison.Ordinal);
        Refused(Path.Combine(Installed, "tagger"), "its Probe.deps.json cannot be used");
    }

    private static IEnumerable<(string Name, byte[] Content)> Files() =>
        Directory.EnumerateFiles(Probe).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));

    private void Refused(string source, string reason, string? name = null)
    {
        var (plugin, error) = _installation.Stage(source, name);
        Assert.Null(plugin);
        Assert.Contains(reason, error!, StringComparison.Ordinal);
    }

    private string Zip(params (string Name, byte[] Content)[] files)
    {
        string path = Path.Combine(_root, $"{Guid.NewGuid():N}.zip");
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var entry = archive.CreateEntry(name).Open();
            entry.Write(content);
        }

        return path;
    }
}
