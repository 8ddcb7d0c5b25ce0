using System.Net;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server.Tests;

/// <summary>Each of a script's ways in is asked, through the server's own sessions, store and mailbox events.</summary>
public sealed class ScriptHookTests : IDisposable
{
    private const string Script =
        """
        async ValueTask<Verdict> Asked(string hook, CancellationToken cancellationToken)
        {
            await State.AddAsync(hook, 1, TimeSpan.FromDays(1), cancellationToken);
            return Pass;
        }

        OnConnect((context, token) => Asked("OnConnect", token));
        OnGreet((context, token) => Asked($"OnGreet {context.Session.HelloName}", token));
        OnAuthenticate((context, token) => Asked($"OnAuthenticate {context.Session.Authenticated}", token));
        OnSender((context, token) => Asked($"OnSender {context.Sender}", token));
        OnRecipient((context, token) => Asked($"OnRecipient {context.Recipient}", token));
        OnData((context, token) => Asked("OnData", token));
        OnUnknownCommand((context, token) => Asked($"OnUnknownCommand {context.Command}", token));
        OnUnknownCommand(context => context.Command == "GET /" ? Defer("This is no web server") : Pass);
        OnRefusedRecipient(async (context, token) => { await Asked($"OnRefusedRecipient {context.Recipient} {context.Refusal.Code}", token); });
        OnMessage((message, token) => Asked($"OnMessage {message.Subject}", token));
        OnEdit((message, token) => Asked($"OnEdit {message.IsOutgoing}", token));
        OnOutbound((message, token) => Asked($"OnOutbound {string.Join(',', message.Recipients)}", token));
        OnMailboxChange(async (change, token) => { await Asked($"OnMailboxChange {change.Kind} {change.Folder} {change.Uid}", token); });
        Every(TimeSpan.FromMilliseconds(20), async token => { await Asked("Every", token); });
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly EmailAddress Anna = new("anna", "example.test");
    private readonly TestData _data = new("[dns]\nservers = [\"127.0.0.1:9\"]\n[scripts]\norder = [\"hooks.csx\"]\n", TestData.AnyPort);

    public ScriptHookTests() => File.WriteAllText(Path.Combine(_data.Root, "hooks.csx"), Script);

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Every_hook_is_asked()
    {
        await using ServerCore core = await _data.OpenCoreAsync();
        await DoneAsync(core, "domain add", ("domain", "example.test"));
        await DoneAsync(core, "account add", ("address", Anna.ToString()), ("password", "secret"));
        Assert.Empty(await core.StartPluginsAsync(CancellationToken.None));
        var incoming = new EmailAddress("bob", "example.org");
        await using (IMailSession session = await BeginAsync(core, "smtp"))
        {
            Assert.Equal(451, (await session.UnknownCommandAsync("GET /", CancellationToken.None))?.Code);
            Assert.Null(await session.SenderAsync(incoming, Plain, CancellationToken.None));
            Assert.Equal(550, (await session.RecipientAsync(new EmailAddress("nobody", "example.test"), CancellationToken.None))?.Code);
            await SendAsync(session, Anna);
        }

        await using (IMailSession session = await BeginAsync(core, "submission"))
        {
            Assert.Null(await session.AuthenticatedAsync(Anna, CancellationToken.None));
            Assert.Null(await session.SenderAsync(Anna, Plain, CancellationToken.None));
            await SendAsync(session, incoming);
        }

        Account account = (await core.Store.Directory.FindAccountAsync(Anna, CancellationToken.None))!;
        var inbox = new Folder(new FolderId(1), account.Id, "INBOX", SpecialUse.None, 1, IsSubscribed: true, IsSelectable: true);
        core.MailboxEvents.Publish(new MailboxEvent(account, MailboxChangeKind.Expunged, inbox, FromFolder: null, [7]));

        await AskedAsync(core, "OnConnect", "OnGreet client.example", "OnAuthenticate anna@example.test", "OnSender bob@example.org", "OnSender anna@example.test");
        await AskedAsync(core, "OnRecipient anna@example.test", "OnRecipient bob@example.org", "OnData", "OnUnknownCommand GET /");
        await AskedAsync(core, "OnRefusedRecipient nobody@example.test 550", "OnMessage hello", "OnEdit False", "OnEdit True");
        await AskedAsync(core, "OnOutbound bob@example.org", "OnMailboxChange Expunged INBOX 7", "Every");
        Assert.Equal(0, await core.Store.State.For("hooks").AddAsync("OnOutbound anna@example.test", 0, TimeSpan.FromDays(1), CancellationToken.None));
        Assert.Null(Assert.Single(core.Plugins.List()).LastFault);
    }

    private static MailParameters Plain { get; } = new(null, BodyType.EightBitMime, IsInternationalized: false);

    private static async Task<IMailSession> BeginAsync(ServerCore core, string protocol)
    {
        var opening = new SessionOpening("hooks", protocol, new IPEndPoint(IPAddress.Loopback, 1025), new IPEndPoint(IPAddress.Loopback, 25), IsEncrypted: false);
        IMailSession session = core.Sessions.Open(opening);
        Assert.Null(await session.ConnectAsync(CancellationToken.None));
        Assert.Null(await session.GreetAsync("client.example", extended: true, CancellationToken.None));
        return session;
    }

    private static async Task SendAsync(IMailSession session, EmailAddress recipient)
    {
        Assert.Null(await session.RecipientAsync(recipient, CancellationToken.None));
        Assert.Null(await session.DataAsync(CancellationToken.None));
        await using MessageSink sink = session.BeginMessage();
        await sink.WriteAsync("From: a@example.org\r\nSubject: hello\r\n\r\nbody\r\n"u8.ToArray(), CancellationToken.None);
        Assert.Equal(250, (await session.CompleteAsync(sink, CancellationToken.None)).Transaction.Code);
    }

    /// <summary>Waits for hooks to have been asked: those of mailboxes and schedules are, when nobody waits for them.</summary>
    private static async Task AskedAsync(ServerCore core, params string[] hooks)
    {
        using var limit = new CancellationTokenSource(Patience);
        foreach (string hook in hooks)
        {
            while (await core.Store.State.For("hooks").AddAsync(hook, 0, TimeSpan.FromDays(1), CancellationToken.None) == 0)
            {
                Assert.False(limit.IsCancellationRequested, $"{hook} is asked");
                await Task.Delay(20);
            }
        }
    }

    private static async Task DoneAsync(ServerCore core, string operation, params (string Name, string Value)[] arguments)
    {
        var services = new AdminServices(core, listeners: null, reload: null);
        var request = new AdminRequest(operation, arguments.ToDictionary(argument => argument.Name, argument => argument.Value), [], null);
        AdminResponse response = await AdminOperations.RunAsync(services, request, CancellationToken.None);
        Assert.True(response.Status == 0, response.Message);
    }
}
