using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;

namespace PluginMail.Server.Tests;

/// <summary>A folder with a mail.toml of its own.</summary>
internal sealed class TestData : IDisposable
{
    /// <summary>For servers that really start: the default ports may be taken by another.</summary>
    public const string AnyPort = "[[listeners]]\nprotocol = \"smtp\"\naddress = \"127.0.0.1:0\"\ntls = \"none\"\n";

    public TestData(string settings = "", string? listeners = null)
    {
        Directory.CreateDirectory(Root);
        Configuration = Path.Combine(Root, "mail.toml");
        Write(settings, listeners);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "pm-" + Guid.NewGuid().ToString("n")[..12]);

    public string Configuration { get; }

    public string Data => Path.Combine(Root, "data");

    public MailServerOptions Options
    {
        get
        {
            ConfigurationResult result = ConfigurationFile.Load(Configuration);
            Assert.True(result.IsUsable, string.Join('\n', result.Findings));
            return result.Options!;
        }
    }

    public void Write(string settings, string? listeners = null) => File.WriteAllText(
        Configuration,
        $"""
        [server]
        hostname = "mx.example.test"
        shutdown = "1s"
        [authentication]
        iterations = 4096
        [log]
        console = false
        {settings}
        {listeners}
        """);

    public Task<ServerCore> OpenCoreAsync() =>
        ServerCore.OpenAsync(Options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
