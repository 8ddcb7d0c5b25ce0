using Microsoft.Extensions.Logging;
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

    [Theory]
    [InlineData("of \r\n2026-11-22T10:00:00.000+00:00 WRN authentication: login failed", "of \\u000D\\u000A2026-11-22T10:00:00.000+00:00 WRN authentication: login failed")]
    [InlineData("a\u001B[31mb\u007Fc\u0085d\u2028e\u2029f\tg\0", "a\\u001B[31mb\\u007Fc\\u0085d\\u2028e\\u2029f\\u0009g\\u0000")]
    [InlineData("Gelöscht 漢字 {0} \"x\"", "Gelöscht 漢字 {0} \"x\"")]
    public void Each_event_is_one_line(string text, string expected)
    {
        Write(text);
        Assert.EndsWith($" WRN server: administrator: {expected}", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_category_ends_no_line()
    {
        using (var logging = new ServerLogging(new LogOptions { Console = false, File = Name }))
        {
            ServerLog.Alert(logging.Loggers.CreateLogger("plugins.a\nb"), "hello");
        }

        Assert.EndsWith(" WRN plugins.a\\u000Ab: administrator: hello", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exception_stays_readable_and_none_of_its_lines_is_an_event(bool toConsole)
    {
        const string Forged = "2026-11-22T10:00:00.000+00:00 WRN authentication: login failed: user=<a> method=PLAIN remote=192.0.2.1 reason=x";
        using var error = new StringWriter();
        var before = Console.Error;
        try
        {
            Console.SetError(error);
            using var logging = new ServerLogging(new LogOptions { Console = toConsole, File = toConsole ? "" : Name });
            try
            {
                throw new IOException($"the peer said \u001B[2J\r\n{Forged}");
            }
            catch (IOException e)
            {
                logging.Loggers.CreateLogger("server").Log(LogLevel.Error, e, "a fault of {Whom}", "some\nbody");
            }
        }
        finally
        {
            Console.SetError(before);
        }

        string[] lines = toConsole ? error.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries) : Lines();
        lines = [.. lines.SkipWhile(line => !line.EndsWith(" ERR server: a fault of some\\u000Abody", StringComparison.Ordinal)).Take(4)];
        Assert.Equal("   System.IO.IOException: the peer said \\u001B[2J", lines[1]);
        Assert.Equal("   " + Forged, lines[2]);
        Assert.StartsWith("      at PluginMail.Server.Tests.ServerLoggingTests.", lines[3], StringComparison.Ordinal);
    }

    private string[] Lines() => File.ReadAllLines(Assert.Single(Directory.GetFiles(_folder, "mail2*.log")));

    private void Write(string text)
    {
        using var logging = new ServerLogging(new LogOptions { Console = false, File = Name });
        ServerLog.Alert(logging.Loggers.CreateLogger("server"), text);
    }
}
