using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The bundled Rspamd plugin in a running server, with a real Rspamd.</summary>
public sealed class RspamdTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Spam_goes_to_Junk_or_is_refused_and_what_its_reader_moves_is_learned()
    {
        await using RspamdServer rspamd = await RspamdServer.StartAsync();
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("spam", "tag = 5\njunk = 6\nrefuse = 100")
            .With("plugins", $"""
                order = ["rspamd"]
                [plugins.rspamd]
                address = ["{rspamd.Tcp}"]
                controller = ["{rspamd.Controller}"]
                password_file = "{rspamd.PasswordFile}"
                learn = true
                timeout = "2m"
                """));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login to = await server.AddAccountAsync("reader");
        try
        {
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
            Assert.StartsWith("250 ", await SendAsync(smtp, to, SpamSamples.Mail("1", "points:9", "x")), StringComparison.Ordinal);
            Assert.StartsWith("250 ", await SendAsync(smtp, to, SpamSamples.Mail("6", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?= points:9", "x")), StringComparison.Ordinal);
            string offer = await SendAsync(smtp, to, SpamSamples.Offer("2", "points:1"));
            Assert.StartsWith("250 ", offer, StringComparison.Ordinal);
            Assert.StartsWith("250 ", await SendAsync(smtp, to, SpamSamples.Letter("3", "milter")), StringComparison.Ordinal);
            Assert.StartsWith("550 5.7.1 Gtube pattern", await SendAsync(smtp, to, SpamSamples.Mail("4", "x", SpamSamples.Gtube)), StringComparison.Ordinal);
            Assert.StartsWith("451 4.7.1 Own words", await SendAsync(smtp, to, SpamSamples.Mail("5", "do:soft reject", "x")), StringComparison.Ordinal);
            Assert.Contains("RSPAMD_OWN_POINTS", (await server.RunAsync("explain", offer.Split(' ')[^1].Trim())).Succeeded().Output, StringComparison.Ordinal);

            await using ImapDialog junk = await ImapDialog.OpenAsync(server, to, "Junk");
            Assert.Contains("Subject: *** SPAM *** points:9", await junk.OkAsync("FETCH 1 BODY.PEEK[HEADER]"), StringComparison.Ordinal);
            string encoded = await junk.OkAsync("FETCH 2 (ENVELOPE BODY.PEEK[HEADER])");
            Assert.True(encoded.Contains("Gr=C3=BC=C3=9Fe", StringComparison.OrdinalIgnoreCase) && !encoded.Contains("=3D=3F", StringComparison.Ordinal), encoded);
            await using ImapDialog inbox = await ImapDialog.OpenAsync(server, to);
            string letter = await inbox.OkAsync("FETCH 2 BODY.PEEK[HEADER]");
            Assert.Contains("X-Folded: one two\r\n", letter, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1|client.example.org|", letter, StringComparison.Ordinal);
            Assert.Contains("Return-Path: <changed@example.org>", letter, StringComparison.Ordinal);

            await inbox.OkAsync("MOVE 1 Junk");
            await Eventually.TrueAsync(() => server.Log.Contains("is learned as Spam", StringComparison.Ordinal), "the offer is learned as spam");
            Assert.True(await rspamd.LearnedAsync() is ( > 0, 0));
            await junk.OkAsync("NOOP");
            await junk.OkAsync("MOVE 1 INBOX");
            await Eventually.TrueAsync(() => server.Log.Contains("is learned as Ham", StringComparison.Ordinal), "what was in Junk is learned as ham");
            Assert.True(await rspamd.LearnedAsync() is ( > 0, > 0));
            Assert.DoesNotContain(RspamdServer.ControllerPassword, server.Log, StringComparison.Ordinal);
        }
        finally
        {
            output.WriteLine(rspamd.Output);
            output.WriteLine(server.Log);
        }
    }

    private static Task<string> SendAsync(SmtpDialog smtp, Login to, string message) => smtp.SendAsync("a@example.org", to.Address, message);
}
