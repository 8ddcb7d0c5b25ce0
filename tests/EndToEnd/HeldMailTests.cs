using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>What waits for a person's approval, in a running server: no flush sends it, and its sender hears of a no.</summary>
public sealed class HeldMailTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task What_is_held_outlasts_flush_and_restart_and_goes_back_to_its_sender_with_the_reason()
    {
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("origin", "exempt = [\"127.0.0.0/8\"]")
            .With("plugins", "order = [\"dlp\"]\n[plugins.dlp]\n[[plugins.dlp.patterns]]\nname = \"cards\"\nkind = \"card\"\naction = \"hold\""));
        try
        {
            (await server.RunAsync("domain", "add", "example.test")).Succeeded();
            Login from = await server.AddAccountAsync("anna");
            Login to = await server.AddAccountAsync("bert");
            await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true))
            {
                await smtp.SignInAsync(from);
                string reply = await smtp.SendAsync(from.Address, to.Address, "Subject: card\r\n\r\nmy card: 4012 8888 8888 1881\r\n");
                Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
            }

            string list = (await server.RunAsync("queue", "list", "--state", "held")).Succeeded().Output;
            string id = Regex.Match(list, @"(?m)^\W*(\d+)\b.*bert@example\.test", RegexOptions.None, TimeSpan.FromMinutes(1)).Groups[1].Value;
            (await server.RunAsync("queue", "send", id)).Failed(1, $"'queue release {id}' lets it go");
            Assert.Contains("what is held stays so", (await server.RunAsync("queue", "send", "--all")).Succeeded().Output, StringComparison.Ordinal);
            (await server.RunAsync("queue", "send", "--destination", "example.test")).Succeeded();
            await server.KillAsync();
            await server.StartAsync();
            (await server.RunAsync("queue", "send", "--all")).Succeeded();
            Assert.Contains("held", (await server.RunAsync("queue", "show", id)).Succeeded().Output, StringComparison.Ordinal);

            (await server.RunAsync("queue", "return")).Failed(2, "say which");
            (await server.RunAsync("queue", "return", id, "--reason", "two\nlines")).Failed(2, "one line");
            Assert.Contains("is returned to its sender", (await server.RunAsync("queue", "return", id, "--reason", "Cards stay here")).Succeeded().Output, StringComparison.Ordinal);
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, from, "INBOX") == 1, "the report arrives");
            (await server.RunAsync("queue", "return", id)).Failed(1, "there is no message");
            Assert.Equal(0, await ImapDialog.CountAsync(server, to, "INBOX"));
            await using ImapDialog imap = await ImapDialog.OpenAsync(server, from);
            string report = await imap.OkAsync("FETCH 1 (BODY[])");
            Assert.Contains("Action: failed\r\nStatus: 5.7.1\r\n", report, StringComparison.Ordinal);
            Assert.Contains("550 5.7.1 Cards stay here", report, StringComparison.Ordinal);
            Assert.Contains("Final-Recipient: rfc822; bert@example.test", report, StringComparison.Ordinal);
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }
}
