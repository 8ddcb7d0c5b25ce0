using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Programs that carry mailboxes elsewhere: mbsync and fetchmail.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class SyncTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Mbsync_keeps_a_maildir_in_step_both_ways()
    {
        Programs.Require("mbsync");
        Login login = await AddAccountAsync("mbsync");
        string maildir = Path.Combine(Server.Folder, login.Name);
        Directory.CreateDirectory(maildir);
        await SendAsync(login, 3);
        await SyncAsync(login, maildir);
        Assert.Equal(3, Messages(maildir).Length);
        Assert.True(Directory.Exists(Path.Combine(maildir, "Sent")), "all folders are synchronised");

        // There: a flag, an expunge. Here: a flag, a message of our own.
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, login);
        await imap.OkAsync(@"STORE 1 +FLAGS (\Flagged)");
        await imap.OkAsync(@"STORE 2 +FLAGS (\Deleted)");
        await imap.OkAsync("EXPUNGE");
        string third = Messages(maildir).Single(file => File.ReadAllText(file).Contains("Subject: number 3", StringComparison.Ordinal));
        string seen = third.Replace("/new/", "/cur/", StringComparison.Ordinal);
        File.Move(third, seen.Contains(":2,", StringComparison.Ordinal) ? seen + "S" : seen + ":2,S");
        await File.WriteAllTextAsync(
            Path.Combine(maildir, "INBOX", "new", "1700000000.local.host"), "From: a@example.org\nSubject: written here\n\nlocal body\n");
        await SyncAsync(login, maildir);

        string[] files = Messages(maildir);
        Assert.Equal(3, files.Length);
        Assert.Contains(files, file => File.ReadAllText(file).Contains("Subject: number 1", StringComparison.Ordinal) && Flags(file).Contains('F', StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => File.ReadAllText(file).Contains("Subject: number 2", StringComparison.Ordinal));
        await imap.OkAsync("NOOP");
        string there = await imap.OkAsync("FETCH 1:* (FLAGS BODY.PEEK[])");
        Assert.Contains("Subject: written here\r\n", there, StringComparison.Ordinal);
        Assert.Contains("local body\r\n", there, StringComparison.Ordinal);
        Assert.Matches(@"\* 2 FETCH \(FLAGS \([^)]*\\Seen", there);

        // Here: an expunge.
        File.Delete(files.Single(file => File.ReadAllText(file).Contains("Subject: number 1", StringComparison.Ordinal)));
        await SyncAsync(login, maildir);
        await imap.OkAsync("NOOP");
        Assert.DoesNotContain("Subject: number 1", await imap.OkAsync("FETCH 1:* (BODY.PEEK[HEADER])"), StringComparison.Ordinal);

        // Nothing changed: nothing happens.
        string[] before = Messages(maildir);
        await SyncAsync(login, maildir);
        Assert.Equal(before, Messages(maildir));
    }

    [SkippableTheory]
    [InlineData("pop3", true)]
    [InlineData("pop3", false)]
    [InlineData("imap", true)]
    [InlineData("imap", false)]
    public async Task Fetchmail_hands_each_message_over_once(string protocol, bool implicitTls)
    {
        Programs.Require("fetchmail");
        Login login = await AddAccountAsync("fetchmail");
        string home = Path.Combine(Server.Folder, login.Name);
        Directory.CreateDirectory(home);
        await SendAsync(login, 3);
        int port = (protocol, implicitTls) switch
        {
            ("pop3", true) => Ports.Pop3Tls,
            ("pop3", false) => Ports.Pop3,
            (_, true) => Ports.ImapTls,
            _ => Ports.Imap,
        };
        string configuration = Path.Combine(home, "fetchmailrc");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            poll 127.0.0.1 service {port} protocol {protocol}{(protocol == "pop3" ? " uidl" : "")}
              user "{login.Address}" password "{login.Password}" {(implicitTls ? "ssl" : "sslproto TLS1.2+")} no sslcertck
              keep
              mda "cat >> {home}/fetched"

            """);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await FetchmailAsync(home, configuration)).Succeeded();
        await SendAsync(login, 1);
        (await FetchmailAsync(home, configuration)).Succeeded();
        Assert.Equal(1, (await FetchmailAsync(home, configuration)).Status); // no new mail
        string fetched = await File.ReadAllTextAsync(Path.Combine(home, "fetched"));
        Assert.Equal(["1", "2", "3", "1"], Regex.Matches(fetched, @"^body (\d)", RegexOptions.Multiline, TimeSpan.FromMinutes(1)).Select(match => match.Groups[1].Value));
    }

    private static Task<ProgramResult> FetchmailAsync(string home, string configuration) => Programs.RunAsync(
        "fetchmail",
        ["--fetchmailrc", configuration, "--idfile", Path.Combine(home, "ids"), "--pidfile", Path.Combine(home, "pid"), "--nosyslog", "--timeout", "120"],
        input: null,
        environment: new Dictionary<string, string> { ["HOME"] = home, ["FETCHMAILHOME"] = home });

    private static string[] Messages(string maildir) =>
        [.. new[] { "cur", "new" }.SelectMany(folder => Directory.GetFiles(Path.Combine(maildir, "INBOX", folder))).Order(StringComparer.Ordinal)];

    private static string Flags(string file) => file[(file.LastIndexOf(":2,", StringComparison.Ordinal) + 1)..];

    private async Task SendAsync(Login to, int count)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        for (int i = 1; i <= count; i++)
        {
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", to.Address, $"Subject: number {i}\r\n\r\nbody {i}\r\n"), StringComparison.Ordinal);
        }
    }

    private async Task SyncAsync(Login login, string maildir)
    {
        string configuration = maildir + ".mbsyncrc";
        string certificate = Path.Combine(Server.Data, "tls", "certificate.pem");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            IMAPAccount there
            Host localhost
            Port {Ports.ImapTls}
            User {login.Address}
            Pass {login.Password}
            SSLType IMAPS
            CertificateFile {certificate}

            IMAPStore there
            Account there

            MaildirStore here
            Path {maildir}/
            Inbox {maildir}/INBOX
            SubFolders Verbatim

            Channel all
            Far :there:
            Near :here:
            Patterns *
            Create Both
            Expunge Both
            Sync All
            SyncState *

            """);
        (await Programs.RunAsync("mbsync", ["--config", configuration, "--all"], input: null, environment: new Dictionary<string, string> { ["HOME"] = maildir }))
            .Succeeded();
    }
}
