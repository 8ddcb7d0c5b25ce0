using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Tests that share a server. What the server logged during a test stands in that test's failure.</summary>
public abstract class ServerTests : IDisposable
{
    private const int MostOfLog = 16_000;
    private readonly ITestOutputHelper _output;
    private readonly int _logStart;

    private protected ServerTests(MailServerProcess server, ITestOutputHelper output)
    {
        Server = server;
        _output = output;
        _logStart = server.Log.Length;
    }

    private protected MailServerProcess Server { get; }

    private protected ServerPorts Ports => Server.Ports;

    public virtual void Dispose()
    {
        string log = Server.Log[_logStart..];
        _output.WriteLine(log.Length > MostOfLog ? log[^MostOfLog..] : log);
        GC.SuppressFinalize(this);
    }

    /// <summary>A name that no other test uses.</summary>
    private protected static string NewName(string start) => $"{start}-{Guid.NewGuid():N}"[..(start.Length + 9)];

    private protected Task<Login> AddAccountAsync(string start, string? quota = null) => Server.AddAccountAsync(NewName(start), quota: quota);
}

/// <summary>The server that most tests share: domain example.test, no plugins.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal MailServerProcess Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await MailServerProcess.StartAsync();
        (await Server.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

/// <summary>The classes that share it.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "shared server";
}
