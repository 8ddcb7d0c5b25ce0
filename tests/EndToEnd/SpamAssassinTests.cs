using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The bundled SpamAssassin plugin in a running server, with a real spamd.</summary>
public sealed class SpamAssassinTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Spam_goes_to_Junk_and_what_its_reader_moves_is_learned()
    {
        await using SpamdServer spamd = await SpamdServer.StartAsync();
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("spam", "tag = 5\njunk = 6\nrefuse = 100")
            .With("plugins", $"""
                order = ["spamassassin"]
                [plugins.spamassassin]
                address = ["{spamd.Tcp}"]
                headers = ["level", "symbols"]
                learn = true
                """));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login to = await server.AddAccountAsync("reader");
        try
        {
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", to.Address, SpamSamples.Mail("1", SpamdServer.Word, "x")), StringComparison.Ordinal);
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", to.Address, SpamSamples.Offer("2")), StringComparison.Ordinal);
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", to.Address, SpamSamples.Letter("3")), StringComparison.Ordinal);
            Assert.StartsWith("550 5.7.1 ", await smtp.SendAsync("a@example.org", to.Address, SpamSamples.Mail("4", "x", SpamSamples.Gtube)), StringComparison.Ordinal);

            await using ImapDialog junk = await ImapDialog.OpenAsync(server, to, "Junk");
            string spam = await junk.OkAsync("FETCH 1 BODY.PEEK[HEADER]");
            Assert.Contains("X-Spam-Level: *******\r\n", spam, StringComparison.Ordinal);
            Assert.Contains("X-Spam-Symbols: OWN_SUBJECT\r\n", spam, StringComparison.Ordinal);
            Assert.Contains("reasons=SPAMASSASSIN", spam, StringComparison.Ordinal);

            await using ImapDialog inbox = await ImapDialog.OpenAsync(server, to);
            await inbox.OkAsync("MOVE 1 Junk");
            await Eventually.TrueAsync(async () => await spamd.LearnedAsync(to.Address) == (1, 0), "the offer is learned as spam");
            await inbox.OkAsync("MOVE 1 Junk");
            await Eventually.TrueAsync(async () => await spamd.LearnedAsync(to.Address) == (2, 0), "the letter is learned as spam");
            await junk.OkAsync("NOOP");
            await junk.OkAsync("MOVE 3 INBOX");
            await Eventually.TrueAsync(async () => await spamd.LearnedAsync(to.Address) == (1, 1), "the letter is learned as ham");

            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", to.Address, SpamSamples.Offer("5", SpamdServer.Word)), StringComparison.Ordinal);
            Assert.Equal(3, await ImapDialog.CountAsync(server, to, "Junk"));
            await junk.OkAsync("NOOP");
            Assert.Contains("BAYES_99", await junk.OkAsync("FETCH 3 BODY.PEEK[HEADER]"), StringComparison.Ordinal);

            string traced = SpamSamples.Mail("6", $"{SpamdServer.Word} {SpamdServer.Trace}", "x");
            Assert.StartsWith("250 ", await smtp.SendAsync("bounce-7@lists.example.org", to.Address, traced), StringComparison.Ordinal);
            await junk.OkAsync("NOOP");
            string header = await junk.OkAsync("FETCH 4 BODY.PEEK[HEADER]");
            Assert.Matches(@"X-Spam-Symbols: [^:]*\bPATH\b", header); // spamd knows the reverse path
            Assert.DoesNotContain("envelope-from", header, StringComparison.OrdinalIgnoreCase); // which is not delivered so
        }
        finally
        {
            output.WriteLine(server.Log);
            output.WriteLine(spamd.Output);
        }
    }
}
