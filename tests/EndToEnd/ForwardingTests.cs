using PluginMail.Testing;
using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Mail from outside that is sent on to another server: sealed (RFC 8617) by the domain it came for; dkimpy verifies the chain.</summary>
public sealed class ForwardingTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Verify = """
        import dkim, re, sys
        keys = open(sys.argv[2]).read()
        def find(name, timeout=5):
            name = name.decode() if isinstance(name, bytes) else name
            for line in keys.splitlines():
                if line.strip().startswith(name.rstrip(".")):
                    return re.search("v=DKIM1.* p=[A-Za-z0-9+/=]+", line).group().encode()
            return None
        state, results, reason = dkim.ARC(open(sys.argv[1], "rb").read(), minkey=1024).verify(dnsfunc=find)
        print(state.decode() if isinstance(state, bytes) else state, len(results), reason)
        """;

    private RealDns? _dns;
    private MailServerProcess? _there;
    private MailServerProcess? _here;

    private MailServerProcess There => _there!;

    private MailServerProcess Here => _here!;

    public async Task InitializeAsync()
    {
        Skip.IfNot(RealDns.IsInstalled, "nsd and unbound are not installed");
        _dns = await RealDns.StartAsync("origin.test", "@ IN TXT \"v=spf1 ip4:127.0.0.1 -all\"");
        _there = await MailServerProcess.StartAsync(new ServerSettings().With("server", "hostname = \"mx.there.test\""));
        (await There.RunAsync("domain", "add", "there.test")).Succeeded();
        _here = await MailServerProcess.StartAsync(new ServerSettings()
            .With("origin", "exempt = []")
            .With("dns", $"servers = [\"127.0.0.1:{_dns.Port}\"]")
            .WithRoute("there.test", There.Ports.Smtp));
        (await Here.RunAsync("domain", "add", "example.test")).Succeeded();
    }

    public async Task DisposeAsync()
    {
        foreach (MailServerProcess? server in (MailServerProcess?[])[_here, _there])
        {
            if (server is not null)
            {
                output.WriteLine(server.Log);
                await server.DisposeAsync();
            }
        }

        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task An_alias_a_list_and_a_redirect_seal_what_they_send_on()
    {
        Programs.Require("python3");
        Login to = await There.AddAccountAsync("reader", "there.test");
        Login forwards = await Here.AddAccountAsync("forwards");
        (await Here.RunAsync("alias", "add", "alias@example.test", to.Address)).Succeeded();
        (await Here.RunAsync("list", "add", "list@example.test", "--posting", "anyone")).Succeeded();
        (await Here.RunAsync("list", "member", "add", "list@example.test", to.Address)).Succeeded();
        (await Here.RunAsync("account", "set", forwards.Address, "--forward", to.Address)).Succeeded();
        string keys = Path.Combine(Here.Folder, "keys.txt");
        await File.WriteAllTextAsync(keys, (await Here.RunAsync("dkim", "show", "example.test")).Succeeded().Output);
        int count = 0;
        foreach (string recipient in (string[])["alias@example.test", "list@example.test", forwards.Address])
        {
            await using (SmtpDialog smtp = await SmtpDialog.ConnectAsync(Here.Ports.Smtp))
            {
                string reply = await smtp.SendAsync("a@origin.test", recipient, $"From: a@origin.test\r\nTo: {recipient}\r\nSubject: on its way\r\n\r\nhello\r\n");
                Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
            }

            count++;
            await Eventually.TrueAsync(async () => await ImapDialog.CountAsync(There, to, "INBOX") == count, $"message {count} there");
            string message = await ReadAsync(to, count);
            Assert.Contains("ARC-Authentication-Results: i=1;", message, StringComparison.Ordinal);
            Assert.Contains("spf=pass", message, StringComparison.Ordinal);
            string file = Path.Combine(Here.Folder, $"{count}.eml");
            await File.WriteAllTextAsync(file, message, System.Text.Encoding.Latin1);
            ProgramResult verified = (await Programs.RunAsync("/usr/bin/python3", ["-c", Verify, file, keys], input: null)).Succeeded();
            Assert.StartsWith("pass 1 ", verified.Output, StringComparison.Ordinal);
        }
    }

    private async Task<string> ReadAsync(Login to, int number)
    {
        await using ImapDialog imap = await ImapDialog.OpenAsync(There, to);
        string fetched = await imap.OkAsync($"FETCH {number} (BODY.PEEK[])");
        int start = fetched.IndexOf("}\r\n", StringComparison.Ordinal) + 3;
        int length = int.Parse(fetched[(fetched.LastIndexOf('{', start) + 1)..(start - 3)], System.Globalization.CultureInfo.InvariantCulture);
        return fetched.Substring(start, length);
    }
}
