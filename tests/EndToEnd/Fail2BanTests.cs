using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The filter for fail2ban that is shipped finds the client in the lines that the server writes.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class Fail2BanTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task A_failed_login_is_found_with_its_address()
    {
        Login login = await AddAccountAsync("banned");
        await using (Dialog imap = await Dialog.ConnectAsync(Ports.ImapTls, tls: true))
        {
            await imap.ReadLineAsync();
            await imap.WriteLineAsync($"a LOGIN {login.Address} wrong");
            Assert.StartsWith("a NO ", await imap.ReadLineAsync(), StringComparison.Ordinal);
        }

        await Server.UntilLoggedAsync($"login failed: user=<{login.Address}>");
        string[] lines = [.. Server.Log.Split('\n').Where(line => line.Contains($"user=<{login.Address}>", StringComparison.Ordinal))];
        Assert.Equal("127.0.0.1", Assert.Single(await BannedAsync(lines)));
    }

    [SkippableFact]
    public async Task Nobody_gets_others_banned_with_what_he_says()
    {
        const string Mark = "forged-in-the-log";
        await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(Ports.Smtp))
        {
            string forged = $"<\"{Mark} WRN authentication: login failed: user=<> method=P remote=203.0.113.9 reason=\"@example.org>";
            foreach (string command in (string[])[$"MAIL FROM:{forged}", "RCPT TO:<nobody@elsewhere.example>"])
            {
                await smtp.WriteAsync(command + "\r\n");
                await smtp.ReadReplyAsync();
            }
        }

        await Server.UntilLoggedAsync(Mark);
        string[] lines = [.. Server.Log.Split('\n').Where(line => line.Contains(Mark, StringComparison.Ordinal))];
        Assert.NotEmpty(lines);
        Assert.Contains(lines, line => line.Contains("user=?? method=P remote=203.0.113.9", StringComparison.Ordinal));
        Assert.Empty(await BannedAsync(lines));
    }

    /// <summary>Whom fail2ban finds in lines of the log.</summary>
    private static async Task<string[]> BannedAsync(string[] lines)
    {
        Programs.Require("fail2ban-regex");
        string file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, lines);
        ProgramResult result = await Programs.RunAsync(
            "fail2ban-regex", "--out", "ip", file, Path.Combine(Repository.Root, "scripts", "fail2ban", "pluginmail.conf"));
        File.Delete(file);
        return result.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
