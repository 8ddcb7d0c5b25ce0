using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Python's smtplib, imaplib and poplib; the sessions are scripts in clients/.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class PythonTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Smtplib_sends()
    {
        Login login = await AddAccountAsync("smtplib");
        Login other = await AddAccountAsync("smtplib");
        await Programs.PythonAsync(
            "smtp_session.py", Ports.Smtp, Ports.Submission, Ports.SubmissionTls, login.Address, login.Password, other.Address);
        Assert.Equal(6, await ImapDialog.CountAsync(Server, other, "INBOX"));
        Assert.Equal(2, await ImapDialog.CountAsync(Server, login, "INBOX"));
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, other);
        Assert.Contains("\r\n\r\n.a line with a dot\r\n..two\r\n.\r\nlast\r\n", await imap.OkAsync("FETCH 1 (BODY[])"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Lmtp_answers_for_each_recipient()
    {
        Login login = await AddAccountAsync("lmtp");
        Login other = await AddAccountAsync("lmtp");
        Login full = await Server.AddAccountAsync("lmtp-full", quota: "1K");
        await Programs.PythonAsync("lmtp_session.py", Ports.Lmtp, login.Address, other.Address, full.Address);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, login, "INBOX"));
        Assert.Equal(1, await ImapDialog.CountAsync(Server, other, "INBOX"));
        Assert.Equal(0, await ImapDialog.CountAsync(Server, full, "INBOX"));
        Assert.DoesNotContain(full.Address, (await Server.RunAsync("queue", "list")).Succeeded().Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Imaplib_reads_and_files()
    {
        Login login = await AddAccountAsync("imaplib");
        await Programs.PythonAsync("imap_session.py", Ports.Imap, Ports.ImapTls, login.Address, login.Password);
    }

    [SkippableFact]
    public async Task Poplib_fetches()
    {
        Login login = await AddAccountAsync("poplib");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        for (int i = 0; i < 4; i++)
        {
            string reply = await smtp.SendAsync("a@example.org", login.Address, $"Subject: {i}\r\n\r\n.first\r\nsecond {i}\r\n");
            Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
        }

        await Programs.PythonAsync("pop3_session.py", Ports.Pop3, Ports.Pop3Tls, login.Address, login.Password, 4);
    }
}
