using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The bundled Dnsbl plugin in a running server, with lists in a real DNS server.</summary>
public sealed class DnsblTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Listed_clients_are_refused_at_RCPT_listed_links_after_the_data_and_logins_never()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using RealDns dns = await RealDns.StartAsync(
            new DnsZone("bl.test", "bad.example A 127.0.0.2\n1.0.0.127 A 127.0.0.3"), new DnsZone("uri.test", "spam.example A 127.0.0.2"));
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("dns", $"servers = [\"127.0.0.1:{dns.Port}\"]")
            .With("origin", "exempt = [\"127.0.0.0/8\"]\n[relay]\nalways_accept = [\"friend@bad.example\"]")
            .With("plugins", """
                order = ["dnsbl"]
                [plugins.dnsbl]
                exempt = []
                refuse = 5
                [[plugins.dnsbl.lists]]
                zone = "bl.test"
                asks = ["client", "sender"]
                codes = [{ code = "127.0.0.2", points = 5 }, { code = "127.0.0.3", points = 2.5, meaning = "known" }]
                [[plugins.dnsbl.lists]]
                zone = "uri.test"
                asks = ["uri"]
                points = 5
                """));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login to = await server.AddAccountAsync("listed");
        const string Plain = "Subject: x\r\n\r\nhello\r\n";
        const string Linked = "Subject: x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=3Dhttp://www.spam=2Eexample/>x</a>\r\n";
        try
        {
            Assert.StartsWith("550 5.7.1 Sender domain [bad.example] blocked using bl.test", await SendAsync(server, "a@bad.example", to, Plain), StringComparison.Ordinal);
            Assert.StartsWith("550 5.7.1 A link in the message to [www.spam.example] blocked using uri.test", await SendAsync(server, "a@good.example", to, Linked), StringComparison.Ordinal);
            string taken = await SendAsync(server, "a@good.example", to, Plain);
            Assert.StartsWith("250 ", taken, StringComparison.Ordinal);
            Assert.Contains("DNSBL_BL_KNOWN", (await server.RunAsync("explain", taken.Split(' ')[^1].Trim())).Succeeded().Output, StringComparison.Ordinal);
            Assert.StartsWith("250 ", await SendAsync(server, "friend@bad.example", to, Plain), StringComparison.Ordinal);
            await using SmtpDialog login = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true);
            await login.SignInAsync(to);
            Assert.StartsWith("250 ", await login.SendAsync(to.Address, to.Address, Linked), StringComparison.Ordinal);
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }

    private static async Task<string> SendAsync(MailServerProcess server, string sender, Login to, string message)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
        return await smtp.SendAsync(sender, to.Address, message);
    }
}
