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

    private string Incoming => Path.Combine(Installed, ".incoming");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("probe-1.2/")]
    public void An_archive_is_installed_whether_its_files_lie_in_one_folder_or_in_none(string folder)
    {
        var (plugin, error) = _installation.Stage(Zip([.. Files().Select(file => (folder + file.Name, file.Content))]), name: null);
        Assert.Null(error);
        Assert.Equal("probe", plugin!.Name);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Installed), entry => entry != Incoming);
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
        Assert.Empty(Directory.EnumerateFileSystemEntries(Incoming));

        var (second, _) = _installation.Stage(Probe, "tagger");
        Assert.NotNull(_installation.Place(second!)); // killed before anybody knew whether the new one starts
        _installation.Recover();
        Assert.Equal("first", File.ReadAllText(Path.Combine(Installed, "tagger", "mark")));

        var (third, _) = _installation.Stage(Probe, "tagger");
        _installation.Discard(_installation.Place(third!)); // it does
        _installation.Recover();
        Assert.False(File.Exists(Path.Combine(Installed, "tagger", "mark")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Incoming));
    }

    [Fact]
    public void What_lies_aside_lies_within_the_folder_of_plugins_and_is_none_and_an_earlier_servers_goes_back_too()
    {
        Assert.NotNull(_installation.Stage(Probe, "tagger").Plugin);
        Assert.Empty(_installation.Available());
        Assert.NotNull(_installation.Check(".incoming"));
        string former = Directory.CreateDirectory(Installed + "-incoming").FullName;
        Directory.CreateDirectory(Path.Combine(former, new string('a', 32) + "-Tagger"));
        Directory.CreateDirectory(Path.Combine(former, new string('b', 32)));
        _installation.Recover();
        Assert.True(Directory.Exists(Path.Combine(Installed, "Tagger")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Incoming).Concat(Directory.EnumerateFileSystemEntries(former)));
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
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Installed), entry => entry != Incoming);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Incoming));
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
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Installed), entry => entry != Incoming);
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
        Assert.Empty(Directory.EnumerateFileSystemEntries(Incoming));
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
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Installed), entry => entry != Incoming);
    }

    [Fact]
    public void A_folder_with_a_dot_in_its_name_is_the_plugin_of_that_name_and_not_a_library_of_it()
    {
        string folder = Path.Combine(_root, "Acme.Stamp");
        Write(folder, [.. Files()]);
        File.WriteAllBytes(Path.Combine(folder, "Acme.dll"), File.ReadAllBytes(typeof(FactAttribute).Assembly.Location));
        var (plugin, error) = _installation.Stage(folder + "/", name: null);
        Assert.Null(error);
        Assert.Equal("probe", plugin!.Name);

        File.Move(Path.Combine(folder, "Probe.dll"), Path.Combine(folder, "Acme.Stamp.dll"));
        File.Delete(Path.Combine(folder, "Probe.deps.json"));
        (plugin, error) = _installation.Stage(folder, name: null);
        Assert.Null(plugin);
        Assert.StartsWith("cannot tell which assembly is the plugin: expected acme-stamp.dll", error, StringComparison.Ordinal); // as it would be from then on
    }

    [Fact]
    public void A_library_that_is_named_like_the_plugin_is_not_taken_for_it()
    {
        var (plugin, error) = _installation.Stage(
            Zip([.. Files(), ("Tagger.dll", File.ReadAllBytes(typeof(FactAttribute).Assembly.Location))]), "tagger");
        Assert.Null(error);
        Assert.Null(_installation.Place(plugin!));
        Assert.Null(_installation.Check("tagger"));
        File.Delete(Path.Combine(Installed, "tagger", "Probe.deps.json"));
        Assert.Equal("Tagger.dll does not refer to PluginMail.Abstractions: it is not a plugin", _installation.Check("tagger"));
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    public void A_folder_is_taken_whole_or_not_at_all(int depth, bool isTaken)
    {
        string folder = Path.Combine(_root, "deep");
        string below = string.Concat(Enumerable.Repeat("a/", depth));
        Write(folder, [.. Files(), (below + "b.txt", "b"u8.ToArray())]);
        var (plugin, error) = _installation.Stage(folder, name: null);
        Assert.Equal(isTaken, plugin is not null && File.Exists(Path.Combine(plugin.Staged, below, "b.txt")));
        Assert.True(isTaken || error!.EndsWith("lies more than 32 folders deep", StringComparison.Ordinal), error);
    }

    [Fact]
    public void What_cannot_be_read_is_not_left_out_in_silence()
    {
        string folder = Path.Combine(_root, "closed");
        Write(folder, [.. Files(), ("lib/b.txt", "b"u8.ToArray())]);
        File.SetUnixFileMode(Path.Combine(folder, "lib"), UnixFileMode.None);
        var (plugin, error) = _installation.Stage(folder, name: null);
        File.SetUnixFileMode(Path.Combine(folder, "lib"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        bool mayReadEverything = Environment.IsPrivilegedProcess; // and then gets everything
        Assert.Equal(mayReadEverything, plugin is not null && File.Exists(Path.Combine(plugin.Staged, "lib", "b.txt")));
        Assert.Equal(!mayReadEverything, error?.StartsWith("not all of it can be read", StringComparison.Ordinal) ?? false);
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

    private static void Write(string folder, params (string Name, byte[] Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }
    }

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
