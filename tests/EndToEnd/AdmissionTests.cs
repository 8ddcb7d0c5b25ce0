using System.Globalization;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Who and what is let in: the access table with its lists, header checks, a Unix socket for LMTP, and logins that are revoked.</summary>
public sealed class AdmissionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Program =
        "From: x@friend.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        + "--b\r\nContent-Type: application/octet-stream; name=\"setup.EXE\"\r\n\r\nMZ\r\n--b--\r\n";

    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"pluginmail-{Guid.NewGuid():N}"[..24] + ".sock");
    private MailServerProcess? _server;

    private MailServerProcess Server => _server!;

    private string List => Path.Combine(Server.Folder, "access.txt");

    public async Task InitializeAsync()
    {
        ServerSettings settings = new ServerSettings().WithTables($"""
            [[listeners]]
            protocol = "lmtp"
            address = "unix:{_socket}"
            mode = "0660"

            [[access]]
            name = "senders"
            file = "access.txt"
            file_of = "sender"
            action = "refuse"

            [[header_checks]]
            name = "programs"
            scope = "attachment"
            regex = '\.(exe|scr)$'
            action = "refuse"
            text = "5.7.1 this server takes no programs"
            """);
        await File.WriteAllTextAsync(_socket, "not a socket"); // it stays, and the server says why it does not start
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(settings));
        File.Delete(_socket);
        _server = await StartAsync(settings);
        (await Server.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(_server.Log);
            await _server.DisposeAsync();
        }

        Assert.False(File.Exists(_socket), "the socket's file is left");
    }

    [SkippableFact]
    public async Task A_list_refuses_is_read_again_when_it_changes_and_stays_in_force_when_it_is_broken()
    {
        Login to = await Server.AddAccountAsync("listed");
        string refused = await SendAsync("x@spam.test", to, "Subject: a\r\n\r\nx\r\n");
        Assert.StartsWith("554 5.7.1 no spam here (", refused, StringComparison.Ordinal);
        string id = refused[(refused.LastIndexOf('(') + 1)..refused.LastIndexOf(')')];
        string explained = (await Server.RunAsync("explain", id)).Succeeded().Output;
        Assert.Contains("access senders", explained, StringComparison.Ordinal);
        Assert.Contains("access.txt:2", explained, StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync("x@other.test", to, "Subject: a\r\n\r\nx\r\n"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(List, "other.test 450 4.7.1 come later\n");
        await Server.UntilLoggedAsync("access lists read again: 1 lines");
        Assert.StartsWith("250 ", await SendAsync("x@spam.test", to, "Subject: a\r\n\r\nx\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("450 4.7.1 come later", await SendAsync("x@other.test", to, "Subject: a\r\n\r\nx\r\n"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(List, "other.test\nno pattern refuse\n");
        await Server.UntilLoggedAsync("access.txt:2:1: expected");
        Assert.StartsWith("450 4.7.1 come later", await SendAsync("x@other.test", to, "Subject: a\r\n\r\nx\r\n"), StringComparison.Ordinal);
        (await Server.RunAsync("config", "check")).Failed(1, "access.txt:2:1: expected");
    }

    [SkippableFact]
    public async Task A_header_check_refuses_programs_and_explain_says_which_check_it_was()
    {
        Login to = await Server.AddAccountAsync("checked");
        string refused = await SendAsync("x@friend.test", to, Program);
        Assert.StartsWith("550 5.7.1 this server takes no programs (", refused, StringComparison.Ordinal);
        string id = refused[(refused.LastIndexOf('(') + 1)..refused.LastIndexOf(')')];
        Assert.Contains("header check programs", (await Server.RunAsync("explain", id)).Succeeded().Output, StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync("x@friend.test", to, Program.Replace(".EXE", ".txt", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Logwatch_counts_what_the_server_wrote()
    {
        Programs.Require("perl");
        Login to = await Server.AddAccountAsync("counted");
        int start = Server.Log.Length;
        Assert.StartsWith("554 ", await SendAsync("x@spam.test", to, "Subject: a\r\n\r\nx\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("550 ", await SendAsync("x@friend.test", to, Program), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync("x@friend.test", to, "Subject: a\r\n\r\nx\r\n"), StringComparison.Ordinal);
        await Server.UntilLoggedAsync(": accepted from=<x@friend.test>", start);
        string script = Path.Combine(Repository.Root, "scripts", "logwatch", "pluginmail");
        string said = (await Programs.RunAsync("perl", ["-w", script], Server.Log[start..])).Succeeded().Output;
        foreach (string row in (string[])["1  messages accepted", "1  copies delivered here", "2  recipients and messages refused", "1  554 by access senders", "1  programs: refuse"])
        {
            Assert.Contains(row, said, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task LMTP_is_spoken_on_a_Unix_socket_that_others_of_the_group_may_open()
    {
        Programs.Require("python3");
        Login to = await Server.AddAccountAsync("local");
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(_socket));
        const string script = """
            import smtplib, sys
            lmtp = smtplib.LMTP(sys.argv[1])
            print(lmtp.sendmail("x@friend.test", [sys.argv[2], "nobody@example.test"], "Subject: by socket\r\n\r\nhello\r\n"))
            lmtp.quit()
            """;
        string said = (await Programs.RunAsync("python3", ["-c", script, _socket, to.Address], input: null)).Succeeded().Output;
        Assert.Contains("nobody@example.test", said, StringComparison.Ordinal);
        Assert.Contains("550", said, StringComparison.Ordinal);
        Assert.DoesNotContain(to.Address, said, StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, to, "INBOX"));
    }

    [SkippableFact]
    public async Task Sessions_end_when_the_password_is_changed_and_when_the_account_is_disabled()
    {
        Login login = await Server.AddAccountAsync("leaving");
        await using ImapDialog idle = await ImapDialog.OpenAsync(Server, login);
        await idle.WriteLineAsync("i IDLE");
        Assert.StartsWith("+", await idle.ReadResponseAsync(), StringComparison.Ordinal);
        await using ImapDialog waiting = await ImapDialog.OpenAsync(Server, login);
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Server.Ports.SubmissionTls, tls: true);
        await smtp.SignInAsync(login);
        (await Server.RunWithInputAsync("another\n", "account", "password", login.Address, "--password-stdin")).Succeeded();
        Assert.StartsWith("* BYE The account or its password was changed", await idle.ReadResponseAsync(), StringComparison.Ordinal);
        Assert.StartsWith("* BYE The account or its password was changed", await waiting.ReadResponseAsync(), StringComparison.Ordinal);
        Assert.StartsWith("421 4.7.0 ", await smtp.ReadReplyAsync(), StringComparison.Ordinal);

        Login changed = login with { Password = "another" };
        await using Dialog pop = await Dialog.ConnectAsync(Server.Ports.Pop3Tls, tls: true);
        foreach (string line in (string[])["", $"USER {changed.Address}", $"PASS {changed.Password}"])
        {
            if (line.Length > 0)
            {
                await pop.WriteLineAsync(line);
            }

            Assert.StartsWith("+OK", await pop.ReadLineAsync(), StringComparison.Ordinal);
        }

        (await Server.RunAsync("account", "set", changed.Address, "--disabled")).Succeeded();
        Assert.StartsWith("-ERR [AUTH] ", await pop.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await pop.ReadLineAsync());
        await Server.UntilLoggedAsync(string.Create(CultureInfo.InvariantCulture, $"{changed.Address}: login revoked, sessions ended: 1"));
    }

    [SkippableFact]
    public async Task A_domain_shows_the_records_of_its_TLS()
    {
        string shown = (await Server.RunAsync("domain", "show", "example.test")).Succeeded().Output;
        Assert.Matches(@"_25\._tcp\.mail\.example\.test\. IN TLSA 3 1 1 [0-9a-f]{64}", shown);
        Assert.Contains("_mta-sts.example.test. IN TXT \"v=STSv1; id=", shown, StringComparison.Ordinal);
        Assert.Contains("mx: mail.example.test", shown, StringComparison.Ordinal);
        Assert.Contains("_smtp._tls.example.test. IN TXT", shown, StringComparison.Ordinal);
    }

    private static Task<MailServerProcess> StartAsync(ServerSettings settings) => MailServerProcess.StartAsync(
        settings, server => File.WriteAllText(Path.Combine(server.Folder, "access.txt"), "# senders that nobody wants\nspam.test 554 5.7.1 no spam here\n"));

    private async Task<string> SendAsync(string sender, Login to, string message)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Server.Ports.Smtp);
        return await smtp.SendAsync(sender, to.Address, message);
    }
}
