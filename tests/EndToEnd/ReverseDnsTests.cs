using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The bundled ReverseDns plugin in a running server, with names in a real DNS server.</summary>
public sealed class ReverseDnsTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task A_greeting_and_an_address_without_a_name_are_refused_at_RCPT_and_logins_are_not_asked()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using RealDns dns = await RealDns.StartAsync(
            new DnsZone("0.0.127.in-addr.arpa", "1 PTR client.example.org."), new DnsZone("example.org", "client A 127.0.0.1"));
        await using MailServerProcess server = await MailServerProcess.StartAsync(Settings(dns.Port, "unconfirmed = \"refuse\"\nhelo_own_name = \"refuse\""));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login to = await server.AddAccountAsync("named");
        const string Message = "Subject: x\r\n\r\nhello\r\n";
        try
        {
            Assert.StartsWith("250 ", await SendAsync(server, "client.example.org", to, Message), StringComparison.Ordinal);
            Assert.StartsWith(
                "550 5.7.1 <mail.example.test>: HELO name rejected", await SendAsync(server, "mail.example.test", to, Message), StringComparison.Ordinal);
            Assert.StartsWith("250 ", await SendAsync(server, "nowhere.example.org", to, Message), StringComparison.Ordinal); // points only
            server.Write(Settings(dns.Port, "no_name = \"off\"\nhelo_unresolvable = \"defer\""));
            server.Send(MailServerProcess.HangUp);
            await Eventually.TrueAsync(
                async () => (await SendAsync(server, "nowhere.example.org", to, Message)).StartsWith("450 4.7.1 ", StringComparison.Ordinal), "the new table counts");

            // A program on this host that bears its name: this server's end of the connection is known by what the kernel says.
            server.Write(Settings(dns.Port, "", "exempt = [\"this_host\"]"));
            server.Send(MailServerProcess.HangUp);
            await Eventually.TrueAsync(
                async () => (await SendAsync(server, "mail.example.test", to, Message)).StartsWith("250 ", StringComparison.Ordinal), "this host is exempt");
            await using SmtpDialog login = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true);
            await login.WriteAsync("EHLO localhost\r\n");
            await login.ReadReplyAsync();
            await login.SignInAsync(to);
            Assert.StartsWith("250 ", await login.SendAsync(to.Address, to.Address, Message), StringComparison.Ordinal);
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }

    private static ServerSettings Settings(int dnsPort, string keys, string exempt = "exempt = []") => new ServerSettings()
        .With("dns", $"servers = [\"127.0.0.1:{dnsPort}\"]")
        .With("origin", "exempt = [\"127.0.0.0/8\"]")
        .With("plugins", $"order = [\"reversedns\"]\n[plugins.reversedns]\n{exempt}\nown_names = [\"mail.example.test\"]\n{keys}");

    private static async Task<string> SendAsync(MailServerProcess server, string hello, Login to, string message)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
        await smtp.WriteAsync($"EHLO {hello}\r\n");
        await smtp.ReadReplyAsync();
        return await smtp.SendAsync("a@example.org", to.Address, message);
    }
}
