using System.Diagnostics;

namespace PluginMail.Configuration.Tests;

public sealed class PluginOrderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("order-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_reference_gets_an_order_and_keeps_every_other_character()
    {
        string before = File.ReadAllText(Path.Combine(Repository.Root, "mail.toml"));
        string path = Write(before);
        Assert.Null(PluginOrder.Add(path, "clamav"));
        Assert.Equal(before.Replace("[plugins]\n", "[plugins]\norder = [\"clamav\"]\n", StringComparison.Ordinal), File.ReadAllText(path));
        Assert.Null(PluginOrder.Add(path, "greylist"));
        Assert.Equal(["clamav", "greylist"], ConfigurationFile.Load(path).Options!.Plugins.Order.Select(static entry => entry.Name));
        Assert.Null(PluginOrder.Remove(path, "clamav"));
        Assert.Null(PluginOrder.Remove(path, "greylist"));
        Assert.Equal(before.Replace("[plugins]\n", "[plugins]\norder = []\n", StringComparison.Ordinal), File.ReadAllText(path));
    }

    [SkippableFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_file_keeps_its_mode_and_its_owner()
    {
        Skip.If(OperatingSystem.IsWindows());
        string path = Write("[plugins]\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "65534:65533", path);
        }

        string before = await RunAsync("stat", "-c", "%u:%g %a", path);
        Assert.Null(PluginOrder.Add(path, "clamav"));
        Assert.Equal(before, await RunAsync("stat", "-c", "%u:%g %a", path));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return said;
    }

    [Fact]
    public void What_cannot_be_edited_is_left_alone_and_said()
    {
        foreach (string text in (string[])["plugins.order = []\n", "plugins = { order = [] }\n", "[plugins]\norder = 5\n", "[plugins\n"])
        {
            string path = Write(text);
            Assert.NotNull(PluginOrder.Add(path, "clamav"));
            Assert.Equal(text, File.ReadAllText(path));
        }

        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [SkippableFact]
    public void Permissions_stay_and_a_link_stays_one()
    {
        Skip.If(OperatingSystem.IsWindows());
        string target = Write("[plugins]\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        string link = Path.Combine(_folder, "link.toml");
        File.CreateSymbolicLink(link, target);
        Assert.Null(PluginOrder.Add(link, "a"));
        Assert.NotNull(File.ResolveLinkTarget(link, returnFinalTarget: false));
        Assert.Equal("[plugins]\norder = [\"a\"]\n", File.ReadAllText(target));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
        }
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "mail.toml");
        File.WriteAllText(path, text);
        return path;
    }
}
