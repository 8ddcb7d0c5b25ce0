using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Start, reload, stop, and what only one server can do.</summary>
public sealed class LifecycleTests(ITestOutputHelper output) : IAsyncLifetime
{
    private MailServerProcess _server = null!;

    public async Task InitializeAsync()
    {
        _server = await MailServerProcess.StartAsync();
        (await _server.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        output.WriteLine(_server.Log);
        await _server.DisposeAsync();
    }

    [SkippableFact]
    public async Task Settings_with_errors_change_nothing_and_are_reported()
    {
        string text = new ServerSettings().With("limits", "message_size = \"64K\"\nrecipient = 3").ToString();
        int line = 1 + text[..text.IndexOf("recipient = 3", StringComparison.Ordinal)].Count(letter => letter == '\n');
        _server.WriteConfiguration(text);
        await _server.UntilLoggedAsync("mail.toml has errors; the old settings go on serving");
        await _server.UntilLoggedAsync($"mail.toml:{line}:");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        await smtp.WriteAsync("EHLO client.example.org\r\n");
        Assert.Contains("SIZE 52428800", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
        (await _server.RunAsync("config", "check")).Failed(1, "recipient");
    }

    [SkippableFact]
    public async Task Hang_up_reads_the_settings_again()
    {
        Login login = await _server.AddAccountAsync("reload");
        await using ImapDialog imap = await ImapDialog.OpenAsync(_server, login);
        _server.Write(new ServerSettings().With("limits", "message_size = \"64K\""));
        _server.Send(MailServerProcess.HangUp);
        await _server.UntilLoggedAsync("mail.toml was read again and is in force");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        await smtp.WriteAsync("MAIL FROM:<a@example.org> SIZE=70000\r\n");
        Assert.StartsWith("552 5.3.4", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
        await smtp.WriteAsync("MAIL FROM:<a@example.org> SIZE=1000\r\n");
        Assert.StartsWith("250 ", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
        await smtp.WriteAsync("RSET\r\n");
        Assert.StartsWith("250 ", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
        string large = "Subject: undeclared\r\n\r\n" + string.Concat(Enumerable.Repeat("a line of text\r\n", 5000));
        Assert.StartsWith("552 5.3.4", await smtp.SendAsync("a@example.org", login.Address, large), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, "Subject: small\r\n\r\nx\r\n"), StringComparison.Ordinal);
        await imap.OkAsync("NOOP"); // sessions stay
    }

    [SkippableFact]
    public async Task A_changed_file_is_read_without_a_signal()
    {
        _server.Write(new ServerSettings().With("limits", "recipients = 1"));
        await _server.UntilLoggedAsync("mail.toml was read again and is in force");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        await smtp.WriteAsync("EHLO client.example.org\r\n");
        Assert.Contains("RCPTMAX=1\n", await smtp.ReadReplyAsync() + "\n", StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_second_server_on_the_same_data_does_not_start()
    {
        ProgramResult second = await Programs.RunAsync(Programs.DotNet, Repository.Server, "--config", _server.Configuration);
        second.Failed(1, $"in use: pluginmail serve, process {_server.ProcessId}");
        (await _server.RunAsync("domain", "list")).Succeeded();
    }

    [SkippableTheory]
    [InlineData(MailServerProcess.Interrupt)]
    [InlineData(MailServerProcess.Terminate)]
    public async Task A_signal_stops_it_with_sessions_open(int signal)
    {
        Login login = await _server.AddAccountAsync("stop");
        await using ImapDialog quiet = await ImapDialog.OpenAsync(_server, login);
        await using ImapDialog idle = await ImapDialog.OpenAsync(_server, login);
        await idle.WriteLineAsync("i IDLE");
        Assert.StartsWith("+", await idle.ReadResponseAsync(), StringComparison.Ordinal);
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        await using Dialog pop = await Dialog.ConnectAsync(_server.Ports.Pop3Tls, tls: true);
        await pop.ReadLineAsync();
        _server.Send(signal);
        Assert.StartsWith("421 ", await smtp.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("* BYE", await quiet.ReadResponseAsync(), StringComparison.Ordinal);
        Assert.StartsWith("* BYE", await idle.ReadResponseAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await _server.WaitForExitAsync(MailServerProcess.StopLimit));
        Assert.Contains("stopped", _server.Screen, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_backup_made_while_serving_serves_the_same_mail()
    {
        Login login = await _server.AddAccountAsync("backup");
        await SendAsync(login, 20);
        await using (ImapDialog imap = await ImapDialog.OpenAsync(_server, login))
        {
            await imap.OkAsync("CREATE Kept");
            await imap.OkAsync("COPY 1:5 Kept");
            await imap.OkAsync(@"STORE 3 +FLAGS (\Flagged $Own)");
        }

        string backup = Path.Combine(_server.Folder, "backup");
        Task<ProgramResult> copying = _server.RunAsync("backup", backup);
        await SendAsync(login, 5);
        (await copying).Succeeded();
        (await _server.RunAsync("restore", backup)).Failed(1, "in use");

        string folder = Path.Combine(_server.Folder, "restored");
        Directory.CreateDirectory(folder);
        string configuration = Path.Combine(folder, "mail.toml");
        File.Copy(_server.Configuration, configuration);
        (await Programs.RunAsync(Programs.DotNet, Repository.Server, "restore", backup, "--config", configuration)).Succeeded();
        await using MailServerProcess restored = await MailServerProcess.StartInAsync(folder);
        Assert.Equal(await FetchAsync(_server, login, "INBOX", 20), await FetchAsync(restored, login, "INBOX", 20));
        Assert.Equal(await FetchAsync(_server, login, "Kept", 5), await FetchAsync(restored, login, "Kept", 5));
        (await restored.RunAsync("mailbox", "check")).Succeeded();
        (await Programs.RunAsync(Programs.DotNet, Repository.Server, "restore", backup, "--config", configuration)).Failed(1, "");
    }

    [SkippableFact]
    public async Task Mail_is_there_after_a_restart()
    {
        Login login = await _server.AddAccountAsync("restart");
        await SendAsync(login, 3);
        string before = await FetchAsync(_server, login, "INBOX", 3);
        await _server.StopAsync();
        (await _server.RunAsync("account", "list")).Succeeded(); // without a server the command line opens the store itself
        await _server.StartAsync();
        Assert.Equal(before, await FetchAsync(_server, login, "INBOX", 3));
    }

    private static async Task<string> FetchAsync(MailServerProcess server, Login login, string folder, int count)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(server, login, folder: null);
        string selected = await imap.OkAsync($"EXAMINE \"{folder}\"");
        string uidValidity = selected[selected.IndexOf("UIDVALIDITY", StringComparison.Ordinal)..][..30];
        return uidValidity[..uidValidity.IndexOf(']', StringComparison.Ordinal)]
            + (await imap.OkAsync($"UID FETCH 1:{count} (UID FLAGS INTERNALDATE BODY.PEEK[])")).Replace(@"\Recent", "", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal);
    }

    private async Task SendAsync(Login to, int count)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(_server.Ports.Smtp);
        for (int i = 0; i < count; i++)
        {
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", to.Address, $"Subject: {i}\r\n\r\nbody {i}\r\n"), StringComparison.Ordinal);
        }
    }
}
