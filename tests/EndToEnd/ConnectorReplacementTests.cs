using System.Globalization;
using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>
/// All connectors at once, with their real peers, each replaced again and again while forty sessions send. PLUGINMAIL_REPLACEMENTS says how often;
/// without it a few times, because a scan by five daemons takes its time.
/// </summary>
public sealed class ConnectorReplacementTests(Clamd clamd, CIcap icap, Dovecot dovecot, ITestOutputHelper output)
    : IClassFixture<Clamd>, IClassFixture<CIcap>, IClassFixture<Dovecot>
{
    private const int Sessions = 40;
    private const int Submitting = 10; // of the sessions; the others send from elsewhere
    private const string Sender = "a@sender.test";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4); // between a session's messages
    private static readonly string[] Connectors =
        ["ReverseDns", "Dnsbl", "Greylist", "ClamAv", "Icap", "SpamAssassin", "Rspamd", "Dlp", "Milter", "Collector"];

    // About each message of strangers; Dlp and opendkim are about what accounts send.
    private static readonly string[] AskedOfEach = ["ClamAv", "Icap", "SpamAssassin", "Rspamd"];

    private static int Replacements =>
        int.TryParse(Environment.GetEnvironmentVariable("PLUGINMAIL_REPLACEMENTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 5;

    [SkippableFact]
    public async Task No_message_fails_or_passes_unscanned_while_each_connector_is_replaced()
    {
        clamd.Require();
        icap.Require();
        dovecot.Require();
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using SpamdServer spamd = await SpamdServer.StartAsync();
        await using RspamdServer rspamd = await RspamdServer.StartAsync();
        await using OpenDkim opendkim = await OpenDkim.StartAsync();
        await using RealDns dns = await RealDns.StartAsync(
            new DnsZone("bl.test", "bad.example A 127.0.0.2"), new DnsZone("0.0.127.in-addr.arpa", "1 PTR client.example.org."),
            new DnsZone("example.org", "client A 127.0.0.1"));
        await using MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("dns", $"servers = [\"127.0.0.1:{dns.Port}\"]")
            .With("origin", "exempt = [\"127.0.0.0/8\"]")
            .With("spam", "tag = 50\njunk = 60\nrefuse = 100")
            .With("plugins", $"""
                order = [{string.Join(", ", Connectors.Select(name => $"\"{name.ToLowerInvariant()}\""))}]
                [plugins.reversedns]
                exempt = []
                [plugins.dnsbl]
                exempt = []
                lists = [{"{ zone = \"bl.test\", asks = [\"client\", \"sender\"], points = 5 }"}]
                [plugins.greylist]
                trusted_clients = []
                delay = "1s"
                client_passes = 1
                [plugins.clamav]
                address = ["{clamd.Tcp}"]
                connect_timeout = "10s"
                [plugins.icap]
                address = ["{icap.Address}"]
                product = "cicap"
                header = true
                [plugins.spamassassin]
                address = ["{spamd.Tcp}"]
                headers = ["symbols"]
                time_limit = "2m"
                timeout = "40s"
                [plugins.rspamd]
                address = ["{rspamd.Tcp}"]
                [[plugins.dlp.patterns]]
                kind = "card"
                action = "refuse"
                [[plugins.milter.servers]]
                name = "opendkim"
                address = "{opendkim.Address}"
                [[plugins.collector.accounts]]
                name = "far"
                protocol = "imap"
                host = "127.0.0.1"
                port = {dovecot.Imap}
                tls = "none"
                allow_plain_text = true
                user = "far"
                password = "{Dovecot.Password}"
                forward_to = "reader@example.test"
                mode = "move"
                interval = "1h"
                """));
        try
        {
            (await server.RunAsync("domain", "add", "example.test")).Succeeded();
            Login reader = await server.AddAccountAsync("reader");
            await PassGreylistAsync(server, reader);
            await RunAsync(server, reader);
        }
        finally
        {
            output.WriteLine(string.Join('\n', server.Log.Split('\n').Where(line => line.Contains(" plugins", StringComparison.Ordinal)).TakeLast(200)));
        }
    }

    private async Task RunAsync(MailServerProcess server, Login reader)
    {
        BundledPlugin[] connectors = [.. Connectors.Select(name => new BundledPlugin(server, name))];
        using var stop = new CancellationTokenSource();
        Task<int>[] senders = [.. Enumerable.Range(0, Sessions).Select(session => Task.Run(() => SendAsync(server.Ports, reader, session, stop.Token)))];
        for (int i = 1; i <= Replacements; i++)
        {
            dovecot.Deliver("far", SpamSamples.Mail($"collected-{i}", "collected", "text"));
            await BundledPlugin.ReplaceAsync(connectors, i);
            (await server.RunAsync("plugin", "run", "collector", "now")).Succeeded();
        }

        await stop.CancelAsync();
        int[] sent = await Task.WhenAll(senders);
        int strangers = sent[Submitting..].Sum();
        output.WriteLine($"{sent.Sum()} messages, {strangers} of them from elsewhere");
        Assert.True(sent.Sum() >= Sessions * 2, $"{sent.Sum()} messages are no load");
        Assert.Equal(sent.Sum() + Replacements + 1, await ImapDialog.CountAsync(server, reader, "INBOX"));
        await using ImapDialog imap = await ImapDialog.OpenAsync(server, reader);
        string headers = await imap.OkAsync("FETCH 1:* (BODY.PEEK[HEADER])");
        Assert.Equal(sent[..Submitting].Sum(), headers.Split("; s=s1;").Length - 1);
        foreach (BundledPlugin connector in connectors)
        {
            await connector.HasServedWellAsync();
        }

        foreach (BundledPlugin scanner in connectors.Where(connector => AskedOfEach.Contains(connector.Project)))
        {
            int calls = await scanner.CallsAsync();
            Assert.True(calls >= strangers, $"{scanner.Name} was asked {calls} times about {strangers} messages");
        }
    }

    private static async Task<int> SendAsync(ServerPorts ports, Login reader, int session, CancellationToken stop)
    {
        bool submits = session < Submitting;
        int sent = 0;
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(submits ? ports.SubmissionTls : ports.Smtp, tls: submits);
        if (submits)
        {
            await smtp.SignInAsync(reader);
        }

        await Task.Delay(Pause * session / Sessions, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stop.IsCancellationRequested)
        {
            string from = submits ? reader.Address : Sender; // in the header too: opendkim signs for its own domain
            string message = SpamSamples.Mail($"{session}-{sent}", "load", "text").Replace("a@example.org", from, StringComparison.Ordinal);
            string reply = await smtp.SendAsync(from, reader.Address, message);
            Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
            sent++;
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return sent;
    }

    private static async Task PassGreylistAsync(MailServerProcess server, Login reader)
    {
        Assert.StartsWith("451 4.7.1 Greylisted", await SendAsync(), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await SendAsync()).StartsWith("250 ", StringComparison.Ordinal), "who comes again passes");

        async Task<string> SendAsync()
        {
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(server.Ports.Smtp);
            return await smtp.SendAsync(Sender, reader.Address, SpamSamples.Mail("first", "first", "text"));
        }
    }
}
