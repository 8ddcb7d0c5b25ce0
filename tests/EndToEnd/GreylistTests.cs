using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>The bundled Greylist plugin in a running server: Postfix comes again, swaks does not know how to.</summary>
public sealed class GreylistTests(ITestOutputHelper output)
{
    private const string Message = "Subject: x\r\n\r\nhello\r\n";

    [SkippableFact]
    public async Task Postfix_comes_again_and_its_message_is_delivered_once()
    {
        Programs.Require("postfix");
        Skip.IfNot(Environment.IsPrivilegedProcess, "Postfix needs root to start");
        await using MailServerProcess server = await StartAsync(9, "delay = \"2s\"");
        Login to = await server.AddAccountAsync("grey");
        await using Postfix postfix = await Postfix.StartAsync(server.Ports.Smtp);
        try
        {
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(postfix.Port);
            Assert.StartsWith("250 ", await smtp.SendAsync("a@sender.example", to.Address, Message), StringComparison.Ordinal);
            await server.UntilLoggedAsync("451 4.7.1 Greylisted; please try again in");
            await server.UntilLoggedAsync("and passes");
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, to, "INBOX") == 1, "the retry is delivered");

            // Who has passed is not asked again: neither a second message, nor one of a neighbour in the /24.
            Assert.StartsWith("250 ", await smtp.SendAsync("a@sender.example", to.Address, Message), StringComparison.Ordinal);
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(server, to, "INBOX") == 2, "the next one passes at once");
            Assert.Contains("status=deferred", postfix.Log(), StringComparison.Ordinal);
            await Eventually.TrueAsync(() => postfix.Log().Split("status=sent").Length - 1 == 2, "Postfix notes both as sent"); // after our 250
        }
        finally
        {
            output.WriteLine(postfix.Log());
            output.WriteLine(server.Log);
        }
    }

    [SkippableFact]
    public async Task A_domain_that_passes_SPF_stands_for_its_clients()
    {
        Programs.Require("swaks");
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        await using RealDns dns = await RealDns.StartAsync(
            new DnsZone("vouching.test", "@ TXT \"v=spf1 ip4:127.0.0.0/8 -all\""), new DnsZone("silent.test", "@ A 192.0.2.1"),
            new DnsZone("everybody.test", "@ TXT \"v=spf1 +all\""));
        await using MailServerProcess server = await StartAsync(dns.Port, "delay = \"1s\"\nnetwork_v4 = 32\nclient_passes = 1");
        Login to = await server.AddAccountAsync("grey");
        try
        {
            foreach (string domain in (string[])["vouching.test", "silent.test", "everybody.test"])
            {
                Assert.Contains("451 4.7.1 Greylisted", await SwaksAsync(server, $"a@{domain}", to, "127.0.0.1"), StringComparison.Ordinal);
            }

            await Eventually.TrueAsync(async () => Passes(await SwaksAsync(server, "a@vouching.test", to, "127.0.0.2")), "the domain comes again from elsewhere");
            Assert.True(Passes(await SwaksAsync(server, "a@silent.test", to, "127.0.0.2"))); // it came again from there: the network has a queue
            Assert.False(Passes(await SwaksAsync(server, "a@silent.test", to, "127.0.0.3")));
            Assert.False(Passes(await SwaksAsync(server, "a@everybody.test", to, "127.0.0.3")));
            await Eventually.TrueAsync(async () => Passes(await SwaksAsync(server, "a@silent.test", to, "127.0.0.1")), "the client comes again");
            Assert.True(Passes(await SwaksAsync(server, "new@vouching.test", to, "127.0.0.5")));
            await using SmtpDialog login = await SmtpDialog.ConnectAsync(server.Ports.SubmissionTls, tls: true);
            await login.SignInAsync(to);
            Assert.StartsWith("250 ", await login.SendAsync(to.Address, to.Address, Message), StringComparison.Ordinal);
        }
        finally
        {
            output.WriteLine(server.Log);
        }
    }

    private static bool Passes(string dialog) => !dialog.Contains("Greylisted", StringComparison.Ordinal) && dialog.Contains("250 2.1.5", StringComparison.Ordinal);

    private static async Task<string> SwaksAsync(MailServerProcess server, string sender, Login to, string client) => (await Programs.RunAsync(
        "swaks",
        "--server", $"127.0.0.1:{server.Ports.Smtp}", "--local-interface", client, "--from", sender, "--to", to.Address, "--quit-after", "RCPT")).Output;

    private static async Task<MailServerProcess> StartAsync(int dnsPort, string keys)
    {
        MailServerProcess server = await MailServerProcess.StartAsync(new ServerSettings()
            .With("dns", $"servers = [\"127.0.0.1:{dnsPort}\"]")
            .With("origin", "exempt = [\"127.0.0.0/8\"]")
            .With("plugins", $"order = [\"greylist\"]\n[plugins.greylist]\ntrusted_clients = []\nspf_time = \"20s\"\n{keys}"));
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        return server;
    }

    /// <summary>Postfix in a folder of its own that relays everything to one port and tries again each second.</summary>
    private sealed class Postfix : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pluginmail-postfix-");

        public int Port { get; } = FreePort.Next();

        public static async Task<Postfix> StartAsync(int relayPort)
        {
            var postfix = new Postfix();
            try
            {
                await postfix.LaunchAsync(relayPort);
                return postfix;
            }
            catch
            {
                await postfix.DisposeAsync();
                throw;
            }
        }

        public string Log() => File.Exists(PathOf("log")) ? File.ReadAllText(PathOf("log")) : "";

        public async ValueTask DisposeAsync()
        {
            await Programs.RunAsync("postfix", "-c", PathOf("conf"), "stop");
            _folder.Delete(recursive: true);
        }

        private string PathOf(string name) => Path.Combine(_folder.FullName, name);

        private async Task LaunchAsync(int relayPort)
        {
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101); // Postfix' own user looks in
            foreach (string name in (string[])["conf", "queue", "data"])
            {
                Directory.CreateDirectory(PathOf(name));
            }

            await File.WriteAllTextAsync(PathOf("conf/main.cf"), $"""
                compatibility_level=3.7
                queue_directory={PathOf("queue")}
                data_directory={PathOf("data")}
                command_directory=/usr/sbin
                daemon_directory=/usr/lib/postfix/sbin
                mail_owner=postfix
                setgid_group=postdrop
                myhostname=mx.sender.example
                mydestination=
                inet_interfaces=127.0.0.1
                inet_protocols=ipv4
                mynetworks=127.0.0.0/8
                relayhost=[127.0.0.1]:{relayPort}
                smtp_tls_security_level=none
                queue_run_delay=1s
                minimal_backoff_time=1s
                maximal_backoff_time=1s
                maillog_file={PathOf("log")}
                maillog_file_prefixes=/var,/tmp

                """);
            await File.WriteAllTextAsync(PathOf("conf/master.cf"), $"""
                {Port} inet n - n - - smtpd
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 1 1 qmgr
                tlsmgr unix - - n 1000? 1 tlsmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                proxymap unix - - n - - proxymap
                smtp unix - - n - - smtp
                relay unix - - n - - smtp
                anvil unix - - n - 1 anvil
                scache unix - - n - 1 scache
                postlog unix-dgram n - n - 1 postlogd

                """);
            (await Programs.RunAsync("chown", "postfix", PathOf("data"))).Succeeded();
            (await Programs.RunAsync("postfix", "-c", PathOf("conf"), "start")).Succeeded();
        }
    }
}
