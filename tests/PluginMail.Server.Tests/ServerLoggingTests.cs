using PluginMail.Configuration.Options;

namespace PluginMail.Server.Tests;

/// <summary>The log's file.</summary>
public sealed class ServerLoggingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginmail-log-").FullName;

    private string Name => Path.Combine(_folder, "mail.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void The_file_of_the_day_is_found_by_a_name_that_stays()
    {
        Skip.If(OperatingSystem.IsWindows());
        File.CreateSymbolicLink(Name, "mail20200101.log"); // of an earlier day, and gone
        Write("hello");
        string target = new FileInfo(Name).LinkTarget!;
        Assert.Matches("^mail[0-9]{8}\\.log$", target);
        Assert.NotEqual("mail20200101.log", target);
        Assert.Contains("WRN server: administrator: hello", File.ReadAllText(Name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_that_name_stays()
    {
        File.WriteAllText(Name, "mine");
        Write("hello");
        Assert.Equal("mine", File.ReadAllText(Name));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    private void Write(string text)
    {
        using var logging = new ServerLogging(new LogOptions { Console = false, File = Name });
        ServerLog.Alert(logging.Loggers.CreateLogger("server"), text);
    }
}
