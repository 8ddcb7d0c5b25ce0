using System.Text;
using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Mail from this server to Postfix and back: what each takes, puts off and refuses, and the octets on the way.</summary>
[Collection(PostfixSiteCollection.Name)]
public sealed class PostfixTests(PostfixSite site, ITestOutputHelper output) : PostfixSiteTests(site, output)
{
    /// <summary>Bodies that a careless hop changes.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        { "dots", ".\r\n..\r\n.a\r\n\r\n.\r\n...\r\nMAIL FROM:<evil@example.test>\r\n.\r\n" },
        { "long lines", new string('x', 5_000) + "\r\n" + new string('.', 3_000) + "\r\nend\r\n" },
        { "eight bits", "Gr\u00c3\u00bc\u00c3\u009fe \u00e9\u00ff\u0080\r\n\ttab \u00a0 trailing  \r\n" },
        { "blank lines", "\r\n\r\n\r\nFrom the start of a line\r\n>From\r\n--\r\n\r\n\r\n" },
    };

    [SkippableTheory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_arrives_octet_for_octet_over_TLS_in_both_directions(string name, string body)
    {
        string mime = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
        Login user = await AddAccountAsync("octets");
        await SendAsync(user, $"<anna@{PostfixPeer.Domain}>", $"Subject: {name}\r\n{mime}\r\n{body}");
        string there = await Peer.UntilDeliveredAsync("anna", $"Subject: {name}");
        Assert.Equal(body, BodyOf(there));
        Assert.Contains("(using TLSv1.3 with cipher", there, StringComparison.Ordinal);

        await Peer.SubmitAsync($"<anna@{PostfixPeer.Domain}> BODY=8BITMIME", $"<{user.Address}>", $"Subject: {name}\r\n{mime}\r\n{body}");
        await Server.UntilLoggedAsync($": delivered to=<{user.Address}>");
        (string header, string text) = await ReadAsync(user);
        Assert.Equal(body, text);
        Assert.Contains("by mail.example.test with ESMTPS id", header, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_message_of_ten_megabytes_arrives_in_both_directions()
    {
        var random = new Random(20261122);
        byte[] octets = new byte[7_700_000];
        random.NextBytes(octets);
        string body = Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks) + "\r\n";
        Assert.True(body.Length > 10_000_000);
        Login user = await AddAccountAsync("large");
        await SendAsync(user, $"<large@{PostfixPeer.Domain}>", $"Subject: large\r\n\r\n{body}");
        Assert.True(body == BodyOf(await Peer.UntilDeliveredAsync("large", "Subject: large")));

        await Peer.SubmitAsync($"<large@{PostfixPeer.Domain}>", $"<{user.Address}>", $"Subject: large\r\n\r\n{body}");
        await Server.UntilLoggedAsync($": delivered to=<{user.Address}>");
        Assert.True(body == (await ReadAsync(user)).Body);
    }

    [SkippableFact]
    public async Task An_address_beyond_ASCII_is_reached_in_both_directions()
    {
        Login user = await AddAccountAsync("ascii");
        await SendAsync(user, $"<{Octets("j\u00f6rg")}@{PostfixPeer.Domain}>", Octets("Subject: Gr\u00fc\u00dfe\r\n\r\nhello\r\n"), " SMTPUTF8 BODY=8BITMIME");
        Assert.Contains("with UTF8SMTPS id", await Peer.UntilDeliveredAsync("j\u00f6rg", Octets("Subject: Gr\u00fc\u00dfe")), StringComparison.Ordinal);

        Login to = await Server.AddAccountAsync("j\u00f6rg");
        await Peer.SubmitAsync(
            $"<{Octets("j\u00f6rg")}@{PostfixPeer.Domain}> SMTPUTF8 BODY=8BITMIME", $"<{Octets(to.Address)}>", Octets("Subject: Gr\u00fc\u00dfe\r\n\r\nzur\u00fcck\r\n"));
        await Server.UntilLoggedAsync($": delivered to=<{to.Address}>");
        Assert.Contains("from=<j\u00f6rg@peer.test>", Server.Log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_Postfix_puts_off_at_the_first_contact_is_delivered_by_a_later_attempt()
    {
        Login user = await AddAccountAsync("patient");
        await SendAsync(user, $"<grey@{PostfixPeer.Domain}>", "Subject: patience\r\n\r\nhello\r\n");
        await Server.UntilLoggedAsync("450 4.7.1");
        await Peer.UntilDeliveredAsync("grey", "Subject: patience");
        await UntilEmptyAsync();
        Assert.Single(Peer.Messages("grey"));
        Assert.Equal(0, await ImapDialog.CountAsync(Server, user, "INBOX")); // nobody is told of a delay that short
    }

    [SkippableFact]
    public async Task What_this_server_puts_off_is_delivered_by_an_attempt_of_Postfix()
    {
        Login full = await AddAccountAsync("full", quota: "1K");
        await Peer.SubmitAsync($"<bob@{PostfixPeer.Domain}>", $"<{full.Address}>", $"Subject: room\r\n\r\n{new string('x', 900)}\r\n{new string('y', 900)}\r\n");
        await Peer.UntilLoggedAsync("status=deferred (host 127.0.0.1[127.0.0.1] said: 452");
        (await Server.RunAsync("account", "quota", full.Address, "1M")).Succeeded();
        await Peer.UntilIdleAsync(); // flushes its queue: an attempt of its own accord may take a minute
        await Server.UntilLoggedAsync($": delivered to=<{full.Address}>");
        Assert.Equal(1, await ImapDialog.CountAsync(Server, full, "INBOX"));
        Assert.DoesNotContain(Peer.Messages("bob"), message => message.Contains(full.Address, StringComparison.Ordinal)); // and nobody there is told
    }

    [SkippableFact]
    public async Task What_is_found_by_DNS_arrives()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using RealDns dns = await RealDns.StartAsync(PostfixPeer.Domain, "@ IN MX 10 mx\nmx IN A 127.0.0.1");
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("dns", $"servers = [\"127.0.0.1:{dns.Port}\"]")
            .With("outbound", $"port = {Peer.Port}"));
        (await server.RunWithInputAsync("Subject: by DNS\n\nhello\n", ["sendmail", "-f", "root@mail.example.test", $"bob@{PostfixPeer.Domain}"])).Succeeded();
        await Peer.UntilDeliveredAsync("bob", "Subject: by DNS");
        await server.UntilLoggedAsync($"host=mx.{PostfixPeer.Domain}[127.0.0.1]");
    }

    // Text as the octets of UTF-8 that a dialog in Latin-1 says.
    private static string Octets(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string BodyOf(string message) => message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
