using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Viruses, with the bundled Icap plugin in a running server and a real c-icap.</summary>
public sealed class IcapTests(CIcap service, ITestOutputHelper output) : IClassFixture<CIcap>
{
    private const string Infected = "From: a@example.org\r\nSubject: a present\r\n\r\n" + Clamd.OwnSignature + "\r\n";

    [SkippableFact]
    public async Task What_is_infected_is_replaced_or_not_sent_and_the_rest_passes()
    {
        service.Require();
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings().With(
            "plugins", $"order = [\"icap\"]\n[plugins.icap]\naddress = [\"{service.Address}\"]\nproduct = \"cicap\"\nheader = true"));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await server.AddAccountAsync("icap");
        try
        {
            await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp))
            {
                Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, "Subject: clean\r\n\r\nclean\r\n"), StringComparison.Ordinal);
                Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, Infected), StringComparison.Ordinal);
            }

            await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true))
            {
                await smtp.SignInAsync(login);
                string reply = await smtp.SendAsync(login.Address, login.Address, Infected);
                Assert.StartsWith("550 5.7.1 ", reply, StringComparison.Ordinal);
                Assert.Contains("PluginMail.Own", reply, StringComparison.Ordinal);
            }

            await using ImapDialog imap = await ImapDialog.OpenAsync(server, login);
            Assert.Contains("X-Virus-Scanned: ICAP: clean\r\n", await imap.OkAsync("FETCH 1 (BODY.PEEK[])"), StringComparison.Ordinal);
            string report = await imap.OkAsync("FETCH 2 (BODY.PEEK[])");
            Assert.Contains("Subject: Virus found: a present\r\n", report, StringComparison.Ordinal);
            Assert.Contains(Infected, report, StringComparison.Ordinal);
            Assert.Equal(2, await ImapDialog.CountAsync(server, login, "INBOX"));
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }

    [SkippableFact]
    public async Task Filters_know_the_name_of_the_virus_beside_another_scanner_with_the_same_test()
    {
        service.Require();
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings().With(
            "plugins",
            $"""
            order = ["clamav", "icap"]
            [plugins.clamav]
            address = ["127.0.0.1:1"]
            when_unavailable = "pass"
            [plugins.icap]
            address = ["{service.Address}"]
            product = "cicap"
            """));
        try
        {
            (await server.RunAsync("domain", "add", "example.test")).Succeeded();
            Login login = await server.AddAccountAsync("icap");
            string script = Path.Combine(server.Folder, $"{login.Name}.sieve");
            await File.WriteAllTextAsync(script, """if virus :contains "mail.own" { move "Infected"; } elsif virus { discard; }""");
            (await server.RunAsync("filter", "put", login.Address, script, "--name", "main", "--activate")).Succeeded();
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, Infected), StringComparison.Ordinal);
            Assert.StartsWith("250 ", await smtp.SendAsync("a@example.org", login.Address, "Subject: clean\r\n\r\nclean\r\n"), StringComparison.Ordinal);
            Assert.Equal(1, await ImapDialog.CountAsync(server, login, "Infected"));
            Assert.Equal(1, await ImapDialog.CountAsync(server, login, "INBOX"));
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }
}
