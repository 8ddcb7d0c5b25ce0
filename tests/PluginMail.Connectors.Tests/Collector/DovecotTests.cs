using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PluginMail.Collector.Settings;
using PluginMail.Testing;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>Collecting from a real Dovecot.</summary>
public sealed class DovecotTests(Dovecot dovecot) : IClassFixture<Dovecot>
{
    private readonly string _user = $"user-{Guid.NewGuid():N}";

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Tls_needs_a_certificate_that_is_trusted(bool isImap, bool isImplicit)
    {
        var tls = isImplicit ? TlsMode.Implicit : TlsMode.Starttls;
        dovecot.Require();
        dovecot.Deliver(_user, Message("one"));
        using var bench = new CollectorBench();
        var account = Account(isImap) with
        {
            Tls = tls,
            AllowsPlainText = false,
            Port = (isImap, tls) switch
            {
                (true, TlsMode.Implicit) => dovecot.ImapTls,
                (true, _) => dovecot.Imap,
                (_, TlsMode.Implicit) => dovecot.Pop3Tls,
                _ => dovecot.Pop3,
            },
        };
        var (_, error) = await bench.VisitAsync(account);
        Assert.Matches("^no TLS: .*(UntrustedRoot|PartialChain)", error); // what is wrong with it, not that something is
        Assert.Empty(bench.Mail.Letters);
        await bench.CollectAsync(account with { CertificateAuthorities = dovecot.Authority });
        Assert.Equal(["one"], bench.Mail.Subjects);
        bench.LoseLedger();
        await bench.CollectAsync(account with { ChecksCertificate = false });
        Assert.Single(bench.Mail.Letters);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copies_stay_and_come_once(bool isImap)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var account = Account(isImap);
        DeliverMany(1, 120);
        await bench.CollectAsync(account);
        DeliverMany(121, 10);
        await bench.CollectAsync(account);
        await bench.CollectAsync(account);
        Assert.Equal(Enumerable.Range(1, 130).Select(i => $"m{i:D4}"), bench.Mail.Subjects.Order());
        Assert.Equal(130, bench.Mail.Tries);
        Assert.Equal(130, dovecot.Count(_user));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Moved_messages_are_gone_there_and_whole_here(bool isImap)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        string large = Message("large", body: string.Concat(Enumerable.Range(0, 40_000).Select(i => $".line {i}\r\n")));
        dovecot.Deliver(_user, large);
        dovecot.Deliver(_user, "Return-Path: <sender@example.test>\r\n" + Message("small"));
        await bench.CollectAsync(Account(isImap) with { Mode = CollectMode.Move });
        Assert.Equal(0, dovecot.Count(_user));
        Letter[] letters = [.. bench.Mail.Letters.OrderBy(letter => letter.Text.Length)];
        Assert.Equal("sender@example.test", letters[0].Sender);
        Assert.Equal(Message("small"), letters[0].Original);
        Assert.Null(letters[1].Sender);
        Assert.Equal(large, letters[1].Original);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copies_go_when_their_time_is_over(bool isImap)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var account = Account(isImap) with { DeleteAfter = TimeSpan.FromDays(3) };
        DeliverMany(1, 3);
        await bench.CollectAsync(account);
        bench.Clock.Forward = TimeSpan.FromDays(2);
        DeliverMany(4, 1);
        await bench.CollectAsync(account);
        Assert.Equal(4, dovecot.Count(_user));
        bench.Clock.Forward = TimeSpan.FromDays(3.5);
        await bench.CollectAsync(account);
        Assert.Equal(1, dovecot.Count(_user));
        Assert.Equal(4, bench.Mail.Letters.Count);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_calls_all_messages_otherwise_is_not_collected_anew(bool isImap)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var account = Account(isImap);
        DeliverMany(1, 20);
        await bench.CollectAsync(account);
        dovecot.Renumber(_user);
        DeliverMany(21, 2);
        await bench.CollectAsync(account);
        Assert.Equal(22, bench.Mail.Tries);
        await bench.CollectAsync(account);
        Assert.Equal(Enumerable.Range(1, 22).Select(i => $"m{i:D4}"), bench.Mail.Subjects.Order());
        Assert.Contains(bench.Log.Lines, line => line.Contains("20 of 22 are known by their headers", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Folders_flags_and_dates_come_along()
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        dovecot.Deliver(_user, Message("inbox"), flags: "S");
        dovecot.Deliver(_user, Message("sent"), "Sent", "FS");
        dovecot.Deliver(_user, Message("deep"), "Work.Deep");
        dovecot.Deliver(_user, Message("other"), "Other");
        await bench.CollectAsync(Account(isImap: true) with
        {
            Folders = [new FolderRule("INBOX", "INBOX"), new FolderRule("Sent", "Old/Sent"), new FolderRule("Work*", "Old/Work*")],
        });
        var letters = bench.Mail.Letters.ToDictionary(letter => letter.Field("Subject"));
        Assert.Equal(["deep", "inbox", "sent"], letters.Keys.Order());
        Assert.Equal((null, "Old/Sent", "Old/Work/Deep"), (letters["inbox"].Folder, letters["sent"].Folder, letters["deep"].Folder));
        Assert.Equal(["\\Flagged", "\\Seen"], letters["sent"].Flags.Order());
        Assert.Equal(["\\Seen"], letters["inbox"].Flags);
        Assert.NotNull(letters["deep"].Received);
        var (_, error) = await bench.VisitAsync(Account(isImap: true) with { Folders = [new FolderRule("Work*", "Old/Work*"), new FolderRule("Sant", "Sent")] });
        Assert.Equal("no folder \"Sant\" is there", error);
    }

    [SkippableFact]
    public async Task Only_new_ones_are_those_not_seen_and_they_are_marked()
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        dovecot.Deliver(_user, Message("seen"), flags: "S");
        dovecot.Deliver(_user, Message("new"));
        var account = Account(isImap: true) with { Messages = MessageChoice.New, MarksSeen = true };
        await bench.CollectAsync(account);
        bench.LoseLedger();
        await bench.CollectAsync(account);
        Assert.Equal(["new"], bench.Mail.Subjects);
        Assert.Equal(1, bench.Mail.Tries);
    }

    [SkippableFact]
    public async Task Only_new_ones_are_those_after_the_first_visit()
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var account = Account(isImap: false) with { Messages = MessageChoice.New };
        DeliverMany(1, 5);
        await bench.CollectAsync(account);
        DeliverMany(6, 1);
        await bench.CollectAsync(account);
        Assert.Equal(["m0006"], bench.Mail.Subjects);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_fetches_so_many(bool isImap)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var account = Account(isImap) with { MessagesPerSession = 7, Mode = CollectMode.Move };
        DeliverMany(1, 20);
        Assert.True((await bench.CollectAsync(account)).HasMore);
        Assert.Equal(7, bench.Mail.Letters.Count);
        Assert.True((await bench.CollectAsync(account)).HasMore);
        Assert.False((await bench.CollectAsync(account)).HasMore);
        Assert.Equal(20, bench.Mail.Letters.Count);
        Assert.Equal(0, dovecot.Count(_user));
    }

    [SkippableTheory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Cuts_of_the_connection_lose_nothing(bool isImap, bool moves)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        await using var proxy = new CuttingProxy(isImap ? dovecot.Imap : dovecot.Pop3);
        var account = Account(isImap) with { Mode = moves ? CollectMode.Move : CollectMode.Copy, Port = proxy.Port };
        DeliverMany(1, 40);
        proxy.CutAfter = 0;
        for (int visit = 0; visit < 25; visit++)
        {
            proxy.CutAfter += 331 + (visit * 13);
            await bench.VisitAsync(account);
        }

        proxy.CutAfter = long.MaxValue;
        await bench.CollectAsync(account);
        Assert.Equal(Enumerable.Range(1, 40).Select(i => $"m{i:D4}"), bench.Mail.Subjects.Order());
        Assert.Equal(moves ? 0 : 40, dovecot.Count(_user));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_password_is_said_and_not_logged(bool isImap)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var (_, error) = await bench.VisitAsync(Account(isImap) with { SignIn = new SignInSettings(SignInMethod.Password, _user) { Password = "s3cr3t" } });
        Assert.StartsWith("the login was refused", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error + string.Concat(bench.Log.Lines), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(false, "xoauth2")]
    [InlineData(false, "oauthbearer")]
    [InlineData(true, "xoauth2")]
    [InlineData(true, "oauthbearer")]
    public async Task A_token_signs_in_as_long_as_it_holds(bool isImap, string method)
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        dovecot.Deliver(_user, Message("one"));
        string file = Path.GetTempFileName();
        try
        {
            var account = Account(isImap) with { SignIn = new SignInSettings(Enum.Parse<SignInMethod>(method, ignoreCase: true), _user) { TokenFile = file } };
            await File.WriteAllTextAsync(file, dovecot.Token(_user, TimeSpan.FromMinutes(-5)));
            var (_, error) = await bench.VisitAsync(account);
            Assert.StartsWith("the login was refused", error, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, dovecot.Token(_user, TimeSpan.FromMinutes(5)));
            await bench.CollectAsync(account);
            Assert.Equal(["one"], bench.Mail.Subjects);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [SkippableFact]
    public async Task The_same_collector_meets_what_comes_later()
    {
        dovecot.Require();
        using var bench = new CollectorBench();
        var collector = bench.Collector(Account(isImap: true) with { Mode = CollectMode.Move });
        for (int visit = 0; visit < 4; visit++)
        {
            DeliverMany((visit * 10) + 1, visit == 2 ? 0 : 10);
            Assert.Null((await collector.VisitAsync(retriesAll: false, CancellationToken.None)).Problem);
            Assert.Equal(0, dovecot.Count(_user));
        }

        Assert.Equal([.. Enumerable.Range(1, 20).Concat(Enumerable.Range(31, 10)).Select(i => $"m{i:D4}")], bench.Mail.Subjects.Order());
        Assert.Equal(30, bench.Mail.Tries);
    }

    private AccountSettings Account(bool isImap) =>
        CollectorBench.Account(isImap ? RemoteProtocol.Imap : RemoteProtocol.Pop3, isImap ? dovecot.Imap : dovecot.Pop3, _user);

    private void DeliverMany(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            dovecot.Deliver(_user, Message(string.Create(CultureInfo.InvariantCulture, $"m{i:D4}")));
        }
    }

    private static string Message(string subject, string body = ".a line\r\n\r\nend\r\n") =>
        $"Message-ID: <{subject}@example.test>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nFrom: a@example.test\r\nTo: b@example.test\r\nSubject: {subject}\r\n\r\n{body}";

    /// <summary>Passes connections on until the server has said so many octets.</summary>
    private sealed class CuttingProxy : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _passing;

        public CuttingProxy(int port)
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _passing = PassAllAsync(port);
        }

        public int Port { get; }

        public long CutAfter { get; set; }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _passing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task PassAllAsync(int port)
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, port);
                await PassAsync(client.GetStream(), server.GetStream(), CutAfter).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private static async Task PassAsync(NetworkStream client, NetworkStream server, long most)
        {
            var up = client.CopyToAsync(server);
            byte[] block = new byte[1000];
            for (int count; most > 0 && (count = await server.ReadAsync(block)) > 0; most -= count)
            {
                await client.WriteAsync(block.AsMemory(0, (int)Math.Min(count, most)));
            }

            client.Close();
            server.Close();
            await up.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
