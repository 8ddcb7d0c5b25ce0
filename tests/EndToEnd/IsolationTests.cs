using System.Text;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>What one account must not see of another, and what nobody may read in a log.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class IsolationTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    private const string Secret = "the-secret-of-another";

    [SkippableFact]
    public async Task Imap_shows_nothing_of_another_account()
    {
        Login mine = await AddAccountAsync("mine");
        Login other = await FilledAsync();
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, mine, folder: null);
        string id = other.Name;
        string[] names =
        [
            id, other.Address, $"user/{id}", $"user.{id}", $"Other Users/{id}", $"Other Users/{other.Address}/INBOX", $"~{id}/INBOX", $"#user/{id}",
            $"../{other.Address}/INBOX", $"../{id}", $"INBOX/../../{id}/INBOX", "../../../../../../etc/passwd", $"{Server.Data}/mail.db", "..", "/", ".",
            $"INBOX/{id}", "INBOX%00", "Private", "INBOX/Private", "' OR '1'='1", "%", "*", "INBOX*",
        ];
        foreach (string name in names)
        {
            foreach (string command in (string[])["SELECT", "EXAMINE", "STATUS"])
            {
                string tail = command == "STATUS" ? " (MESSAGES)" : "";
                (string responses, string completion) = await imap.CommandAsync($"{command} \"{name}\"{tail}");
                Assert.True(completion.StartsWith("NO", StringComparison.Ordinal) || completion.StartsWith("BAD", StringComparison.Ordinal), $"{command} {name}: {completion} {responses}");
            }
        }

        foreach (string pattern in (string[])["\"\" \"*\"", "\"\" \"%\"", "\"../\" \"*\"", $"\"{id}\" \"*\"", $"\"Other Users/\" \"*\"", "\"user/\" \"%\"", "\"/\" \"*\"", "\"\" \"*/*\""])
        {
            foreach (string command in (string[])["LIST", "LSUB"])
            {
                (string responses, _) = await imap.CommandAsync($"{command} {pattern}");
                Assert.DoesNotContain("Private", responses, StringComparison.Ordinal);
                Assert.DoesNotContain(id, responses, StringComparison.Ordinal);
            }
        }

        Assert.DoesNotContain(Secret, await imap.OkAsync("SELECT INBOX"), StringComparison.Ordinal);
        foreach (string command in (string[])["UID FETCH 1:* (BODY[])", "UID FETCH 1:4294967295 (BODY[])", "UID SEARCH TEXT secret", "UID COPY 1:* Archive"])
        {
            (string responses, _) = await imap.CommandAsync(command);
            Assert.DoesNotContain(Secret, responses, StringComparison.Ordinal);
            Assert.DoesNotContain("* SEARCH 1", responses, StringComparison.Ordinal);
        }

        Assert.Equal(0, await ImapDialog.CountAsync(Server, mine, "Archive"));
    }

    [SkippableFact]
    public async Task A_password_opens_its_own_account_only()
    {
        Login mine = await AddAccountAsync("mine");
        Login other = await FilledAsync();
        string[] tries =
        [
            $"LOGIN {other.Address} {mine.Password}",
            $"LOGIN \"{mine.Address}*{other.Address}\" {mine.Password}",
            $"AUTHENTICATE PLAIN {Base64($"{other.Address}\0{mine.Address}\0{mine.Password}")}",
            $"AUTHENTICATE PLAIN {Base64($"\0{other.Address}\0")}",
            $"LOGIN {other.Address} \"\"",
        ];
        foreach (string attempt in tries)
        {
            await using ImapDialog imap = await ImapDialog.ConnectAsync(Server);
            (_, string completion) = await imap.CommandAsync(attempt);
            Assert.True(completion.StartsWith("NO", StringComparison.Ordinal) || completion.StartsWith("BAD", StringComparison.Ordinal), $"{attempt}: {completion}");
        }

        await using Dialog pop = await Dialog.ConnectAsync(Ports.Pop3Tls, tls: true);
        await pop.ReadLineAsync();
        await AskAsync(pop, $"USER {other.Address}", "+OK");
        await AskAsync(pop, $"PASS {mine.Password}", "-ERR");
        await AskAsync(pop, "STAT", "-ERR");
        await AskAsync(pop, $"USER ../{other.Address}", "+OK");
        await AskAsync(pop, $"PASS {mine.Password}", "-ERR");
        await AskAsync(pop, $"USER {mine.Address}", "+OK");
        await AskAsync(pop, $"PASS {mine.Password}", "+OK");
        await AskAsync(pop, "STAT", "+OK 0 0");
        await AskAsync(pop, "RETR 1", "-ERR");
    }

    [SkippableFact]
    public async Task Passwords_stand_in_no_log_and_no_trace()
    {
        Login login = await FilledAsync();
        const string Wrong = "a-wrong-Password-7391";
        foreach (string password in (string[])[login.Password, Wrong])
        {
            await using ImapDialog imap = await ImapDialog.ConnectAsync(Server);
            await imap.CommandAsync($"LOGIN {login.Address} {password}");
            await using ImapDialog plain = await ImapDialog.ConnectAsync(Server);
            await plain.CommandAsync($"AUTHENTICATE PLAIN {Base64($"\0{login.Address}\0{password}")}");
            await using Dialog pop = await Dialog.ConnectAsync(Ports.Pop3Tls, tls: true);
            await pop.ReadLineAsync();
            await pop.WriteAsync($"USER {login.Address}\r\n");
            await pop.ReadLineAsync();
            await pop.WriteAsync($"PASS {password}\r\n");
            await pop.ReadLineAsync();
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.SubmissionTls, tls: true);
            await smtp.WriteAsync($"AUTH PLAIN {Base64($"\0{login.Address}\0{password}")}\r\n");
            await smtp.ReadReplyAsync();
            await smtp.WriteAsync("AUTH LOGIN\r\n");
            await smtp.ReadReplyAsync();
            await smtp.WriteAsync($"{Base64(login.Address)}\r\n");
            await smtp.ReadReplyAsync();
            await smtp.WriteAsync($"{Base64(password)}\r\n");
            await smtp.ReadReplyAsync();
        }

        await Server.UntilLoggedAsync($"login failed: user=<{login.Address}>");
        string written = Server.Log + string.Concat(Directory.EnumerateFiles(Path.Combine(Server.Data, "trace")).Select(Shared));
        Assert.DoesNotContain("secret-", written, StringComparison.Ordinal);
        foreach (string password in (string[])[login.Password, Wrong])
        {
            Assert.DoesNotContain(password, written, StringComparison.Ordinal);
            Assert.DoesNotContain(Base64(password), written, StringComparison.Ordinal);
            Assert.DoesNotContain(Base64($"\0{login.Address}\0{password}"), written, StringComparison.Ordinal);
        }
    }

    private static string Shared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task AskAsync(Dialog dialog, string line, string answer)
    {
        await dialog.WriteLineAsync(line);
        Assert.StartsWith(answer, await dialog.ReadLineAsync(), StringComparison.Ordinal);
    }

    /// <summary>An account with a message and a folder of its own.</summary>
    private async Task<Login> FilledAsync()
    {
        Login login = await AddAccountAsync("other");
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp);
        Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, $"Subject: {Secret}\r\n\r\n{Secret}\r\n"), StringComparison.Ordinal);
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, login);
        await imap.OkAsync("CREATE Private");
        await imap.OkAsync("SUBSCRIBE Private");
        return login;
    }
}
