using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Who mail is from: SPF, DKIM and DMARC against a real DNS server, and the signatures of what users send, checked by dkimpy.</summary>
public sealed class OriginTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Zone = """
        @ IN TXT "v=spf1 ip4:127.0.0.1 -all"
        _dmarc IN TXT "v=DMARC1; p=reject"
        strict IN TXT "v=spf1 -all"
        _dmarc.strict IN TXT "v=DMARC1; p=reject"
        soft IN TXT "v=spf1 -all"
        _dmarc.soft IN TXT "v=DMARC1; p=quarantine"
        """;

    private RealDns? _dns;
    private MailServerProcess? _server;

    private MailServerProcess Server => _server!;

    public async Task InitializeAsync()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        _dns = await RealDns.StartAsync("origin.test", Zone);
        _server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("origin", "exempt = []")
            .With("dns", $"servers = [\"127.0.0.1:{_dns.Port}\"]"));
        (await Server.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            output.WriteLine(_server.Log);
            await _server.DisposeAsync();
        }

        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task What_its_domain_vouches_for_is_taken_with_the_results_on_top_and_forged_ones_removed()
    {
        Login to = await Server.AddAccountAsync("origin");
        string reply = await SendAsync("a@origin.test", to, "Authentication-Results: mail.example.test; dkim=pass\r\nFrom: a@origin.test\r\nSubject: x\r\n\r\nhello\r\n");
        Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, to);
        string header = await imap.OkAsync("FETCH 1 (BODY[HEADER])");
        Assert.Contains("spf=pass", header, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", header, StringComparison.Ordinal);
        Assert.DoesNotContain("dkim=pass", header, StringComparison.Ordinal);
        string id = reply.Split(' ')[^1].Trim();
        Assert.Contains("spf=pass", (await Server.RunAsync("explain", id)).Succeeded().Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_its_domain_asks_to_refuse_is_refused_and_what_it_finds_suspicious_is_junk()
    {
        Login to = await Server.AddAccountAsync("origin-junk");
        Assert.StartsWith("550 5.7.26 ", await SendAsync("a@strict.origin.test", to, "From: a@strict.origin.test\r\n\r\nx\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync("a@soft.origin.test", to, "From: a@soft.origin.test\r\n\r\nx\r\n"), StringComparison.Ordinal);
        Assert.Equal(1, await ImapDialog.CountAsync(Server, to, "Junk"));
        Assert.Equal(0, await ImapDialog.CountAsync(Server, to, "INBOX"));
    }

    [SkippableFact]
    public async Task What_a_login_sends_is_signed_with_the_keys_of_its_domain()
    {
        Login from = await Server.AddAccountAsync("signer");
        string keys = (await Server.RunAsync("dkim", "show", "example.test")).Succeeded().Output;
        Assert.Contains("v=DKIM1;", keys, StringComparison.Ordinal);
        (await Programs.RunAsync(
            "swaks",
            [
                "--server", $"127.0.0.1:{Server.Ports.Submission}", "--tls", "--auth-user", from.Address, "--auth-password", from.Password,
                "--from", from.Address, "--to", from.Address, "--header", "Subject: signed",
            ])).Succeeded();
        await using ImapDialog imap = await ImapDialog.OpenAsync(Server, from);
        string header = await imap.OkAsync("FETCH 1 (BODY[HEADER])");
        Assert.Contains("a=rsa-sha256", header, StringComparison.Ordinal);
        Assert.Contains("a=ed25519-sha256", header, StringComparison.Ordinal);
        Assert.Contains("d=example.test", header, StringComparison.Ordinal);
        (await Server.RunAsync("dkim", "rotate", "example.test")).Succeeded();
        (await Server.RunAsync("dkim", "switch", "example.test")).Succeeded();
        (await Server.RunAsync("dkim", "switch", "example.test")).Failed(1, "no keys that wait");
    }

    private async Task<string> SendAsync(string sender, Login to, string message)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Server.Ports.Smtp);
        return await smtp.SendAsync(sender, to.Address, message);
    }
}
