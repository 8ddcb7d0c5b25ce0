using PluginMail.Testing;

namespace PluginMail.EndToEnd;

/// <summary>Mail collected from a real Dovecot into mailboxes of the running server.</summary>
public sealed class CollectorTests(Dovecot dovecot) : IClassFixture<Dovecot>
{
    private const string Message = "Message-ID: <{0}@example.org>\r\nFrom: a@example.org\r\nSubject: {0}\r\n\r\ntext of {0}\r\n";

    [SkippableFact]
    public async Task Mail_is_collected_filed_and_not_collected_again()
    {
        dovecot.Require();
        await using MailServerProcess server = await MailServerProcess.StartAsync(Settings("imap", dovecot.Imap, "mode = \"move\"\nfolders = [\"INBOX\", \"Sent = Old/Sent\"]"));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await server.AddAccountAsync("anna");
        Deliver("far", "one");
        Deliver("far", "two", "Sent");
        (await server.RunAsync("plugin", "run", "collector", "now")).Succeeded();
        Assert.Equal(1, await ImapDialog.CountAsync(server, login, "INBOX"));
        Assert.Equal(1, await ImapDialog.CountAsync(server, login, "Old/Sent"));
        Assert.Equal(0, dovecot.Count("far"));
        Deliver("far", "three");
        await server.KillAsync();
        await server.StartAsync();
        (await server.RunAsync("plugin", "run", "collector", "now", "work")).Succeeded();
        Assert.Equal(2, await ImapDialog.CountAsync(server, login, "INBOX"));
        ProgramResult status = (await server.RunAsync("plugin", "run", "collector", "status")).Succeeded();
        string commands = (await server.RunAsync("plugin", "commands")).Succeeded().Output;
        Assert.Matches("(?m)^collector +now +Visits all accounts", commands);
        Assert.Matches("(?m)^collector +status +Shows each account", commands);
        (await server.RunAsync("plugin", "run", "collector", "now", "nobody")).Failed(2, "no account nobody");
        (await server.RunAsync("plugin", "run", "collector", "later")).Failed(2, "plugin collector has no command later");
        Assert.Contains("last error    none", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"password={Dovecot.Password}", server.Log, StringComparison.Ordinal);
    }

    private void Deliver(string user, string name, string folder = "") =>
        dovecot.Deliver(user, Message.Replace("{0}", name, StringComparison.Ordinal), folder);

    private static ServerSettings Settings(string protocol, int port, string more) => new ServerSettings().With(
        "plugins",
        $"""
        order = ["collector"]
        [[plugins.collector.accounts]]
        name = "work"
        protocol = "{protocol}"
        host = "127.0.0.1"
        port = {port}
        tls = "none"
        allow_plain_text = true
        user = "far"
        password = "{Dovecot.Password}"
        forward_to = "anna@example.test"
        interval = "10m"
        {more}
        """);
}
