using PluginMail.Testing;

namespace PluginMail.EndToEnd;

/// <summary>Mail collected from a real Dovecot into mailboxes of the running server.</summary>
public sealed class CollectorTests(Dovecot dovecot) : IClassFixture<Dovecot>
{
    private const string Message = "Message-ID: <{0}@example.org>\r\nFrom: a@example.org\r\nSubject: {0}\r\n\r\ntext of {0}\r\n";
    private const string Detection = "addresses = [\"isp.example = example.test\"]\ndefault = \"rest@example.test\"";

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

    [SkippableFact]
    public async Task Each_one_gets_what_the_other_server_says_is_his_and_nothing_is_lost()
    {
        dovecot.Require();
        await using MailServerProcess server = await MailServerProcess.StartAsync(Settings("pop3", dovecot.Pop3, "mode = \"move\"\nstrip_prefix = \"mbox-\"", "many", Detection));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login full = await server.AddAccountAsync("anna", quota: "1K");
        Login[] logins = [full, await server.AddAccountAsync("bob"), await server.AddAccountAsync("carol"), await server.AddAccountAsync("rest"), await server.AddAccountAsync("sender")];
        string script = Path.Combine(server.Folder, "refuse.sieve");
        await File.WriteAllTextAsync(script, "require \"ereject\";\r\nereject \"No thank you.\";\r\n");
        (await server.RunAsync("filter", "put", "bob@example.test", script, "--name", "main", "--activate")).Succeeded();
        foreach (string recipient in (string[])["anna", "bob", "nobody", "carol"])
        {
            dovecot.Deliver("many", $"Return-Path: <sender@example.test>\r\nDelivered-To: mbox-{recipient}@isp.example\r\nReceived: by isp.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
                + Message.Replace("{0}", recipient, StringComparison.Ordinal) + string.Concat(Enumerable.Repeat("a line of text\r\n", 100)));
        }

        (await server.RunAsync("plugin", "run", "collector", "now")).Failed(1, "the mailbox is full");
        await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, logins[4], "INBOX") == 1, "the report of the refusal");
        Assert.Equal((int[])[0, 0, 1, 1, 1], await CountAsync(server, logins));
        Assert.Equal(1, dovecot.Count("many"));
        await using (ImapDialog imap = await ImapDialog.OpenAsync(server, logins[4]))
        {
            Assert.Contains("No thank you.", await imap.OkAsync("FETCH 1 (BODY.PEEK[])"), StringComparison.Ordinal);
        }

        (await server.RunAsync("account", "quota", full.Address, "1M")).Succeeded();
        (await server.RunAsync("plugin", "run", "collector", "now")).Succeeded();
        Assert.Equal((int[])[1, 0, 1, 1, 1], await CountAsync(server, logins));
        Assert.Equal(0, dovecot.Count("many"));
    }

    private static async Task<int[]> CountAsync(MailServerProcess server, Login[] logins)
    {
        var counts = new int[logins.Length];
        for (int i = 0; i < logins.Length; i++)
        {
            counts[i] = await ImapDialog.CountAsync(server, logins[i], "INBOX");
        }

        return counts;
    }

    private void Deliver(string user, string name, string folder = "") =>
        dovecot.Deliver(user, Message.Replace("{0}", name, StringComparison.Ordinal), folder);

    private static ServerSettings Settings(
        string protocol, int port, string more, string user = "far", string recipients = "forward_to = \"anna@example.test\"") => new ServerSettings().With(
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
        user = "{user}"
        password = "{Dovecot.Password}"
        {recipients}
        interval = "10m"
        {more}
        """);
}
