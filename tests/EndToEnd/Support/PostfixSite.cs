using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>A server here and Postfix as another site: each sends to the other.</summary>
public sealed class PostfixSite : IAsyncLifetime
{
    private MailServerProcess? _server;
    private PostfixPeer? _peer;

    internal MailServerProcess Server => _server!;

    internal PostfixPeer Peer => _peer!;

    /// <summary>The settings with which it reaches Postfix: a route, and retries a second apart.</summary>
    internal static ServerSettings Settings(int port) => new ServerSettings()
        .With("queue", "minimum_wait = \"1s\"\nmaximum_wait = \"1s\"\nminimum_pause = \"1s\"\nmaximum_pause = \"1s\"")
        .With("mailboxes", "over_quota = \"defer\"")
        .WithRoute(PostfixPeer.Domain, port);

    public async Task InitializeAsync()
    {
        if (!PostfixPeer.IsAvailable)
        {
            return; // a fixture cannot skip: each test does
        }

        int port = FreePort.Next();
        _server = await MailServerProcess.StartAsync(Settings(port));
        (await Server.RunAsync("domain", "add", "example.test")).Succeeded();
        _peer = await PostfixPeer.StartAsync(port, Server.Ports.Smtp);
    }

    public async Task DisposeAsync()
    {
        try
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
        finally
        {
            if (_peer is not null)
            {
                await _peer.DisposeAsync();
            }
        }
    }
}

/// <summary>The classes that share it.</summary>
[CollectionDefinition(Name)]
public sealed class PostfixSiteCollection : ICollectionFixture<PostfixSite>
{
    public const string Name = "Postfix as another site";
}

/// <summary>Tests between both. What both logged stands in a test's failure.</summary>
public abstract class PostfixSiteTests : ServerTests
{
    private const int MostOfLog = 16_000;
    private readonly ITestOutputHelper _output;
    private readonly int _logStart;

    private protected PostfixSiteTests(PostfixSite site, ITestOutputHelper output)
        : base(Up(site), output)
    {
        (Peer, _output, _logStart) = (site.Peer, output, site.Peer.Log.Length);
    }

    private protected PostfixPeer Peer { get; }

    public override void Dispose()
    {
        string log = Peer.Log[_logStart..];
        _output.WriteLine(log.Length > MostOfLog ? log[^MostOfLog..] : log);
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends a message as a user here.</summary>
    private protected async Task SendAsync(Login from, string rcpt, string message, string parameters = " BODY=8BITMIME")
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.SubmissionTls, tls: true);
        await smtp.SignInAsync(from);
        await smtp.SubmitAsync($"<{from.Address}>{parameters}", rcpt, message);
    }

    /// <summary>The first message of a mailbox here, as it would be read.</summary>
    private protected async Task<(string Header, string Body)> ReadAsync(Login login)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, login);
        string header = await imap.OkAsync("FETCH 1 (BODY.PEEK[HEADER])");
        string body = await imap.OkAsync("FETCH 1 (BODY.PEEK[TEXT])");
        int start = body.IndexOf("}\r\n", StringComparison.Ordinal) + 3;
        return (header, body[start..body.LastIndexOf(")\r\n", StringComparison.Ordinal)]);
    }

    /// <summary>Waits until nothing for the other site is left in the queue here.</summary>
    private protected Task UntilEmptyAsync() => Eventually.TrueAsync(
        async () => !(await Server.RunAsync("queue", "list")).Succeeded().Output.Contains(PostfixPeer.Domain, StringComparison.Ordinal), "our queue is empty");

    private static MailServerProcess Up(PostfixSite site)
    {
        PostfixPeer.Require();
        return site.Server;
    }
}
