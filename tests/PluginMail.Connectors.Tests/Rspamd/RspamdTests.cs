using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Rspamd;

/// <summary>The Rspamd plugin, loaded as the server loads it, against a real Rspamd.</summary>
public sealed class RspamdTests(RspamdTests.Peer peer) : IClassFixture<RspamdTests.Peer>
{
    private static readonly EmailAddress Bob = new("b", "example.test");

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Points_are_given_symbol_by_symbol(bool unix)
    {
        await using var bench = await StartAsync(("address", new[] { unix ? peer.Rspamd.Unix : peer.Rspamd.Tcp }));
        var verdict = await CheckAsync(bench, Subject("points:3"));
        Assert.IsType<Decision.Pass>(verdict.Decision);
        Assert.Contains(new Effect.Score(3, "RSPAMD_OWN_POINTS"), verdict.Effects);
        Assert.DoesNotContain(verdict.Effects, effect => effect is Effect.Tag or HeaderEdit or Effect.Score { Points: 0 });
        Assert.True(bench.Logged(LogLevel.Information, "OWN_POINTS(3)"));
    }

    [SkippableFact]
    public async Task Points_may_be_given_as_one_sum_and_scaled()
    {
        await using var bench = await StartAsync(("symbols", false), ("scale", 0.5));
        Assert.Equal(1.5, Assert.IsType<Effect.Score>(Assert.Single((await CheckAsync(bench, Subject("points:3"))).Effects)).Points);
    }

    [SkippableFact]
    public async Task The_test_message_of_all_spam_filters_is_refused_in_Rspamds_words()
    {
        await using var bench = await StartAsync();
        var verdict = await CheckAsync(bench, FakeMessage.FromText(SpamSamples.Mail("gtube", "x", SpamSamples.Gtube)));
        var reply = Assert.IsType<Decision.Refuse>(verdict.Decision).Reply;
        Assert.Equal("550 5.7.1 Gtube pattern", reply.ToString());
        Assert.Contains(new Effect.Tag("spam"), verdict.Effects);
    }

    [SkippableTheory]
    [InlineData("reject", "obey", "550 5.7.1 Own words")]
    [InlineData("reject", "score", "pass")]
    [InlineData("soft reject", "obey", "451 4.7.1 Own words")]
    [InlineData("soft reject", "score", "pass")]
    [InlineData("greylist", "obey", "451 4.7.1 Own words")]
    [InlineData("greylist", "score", "pass")]
    [InlineData("add header", "obey", "pass X-Spam: Yes")]
    [InlineData("add header", "score", "pass")]
    [InlineData("rewrite subject", "obey", "pass Subject: *** SPAM *** do:rewrite subject")]
    [InlineData("rewrite subject", "score", "pass")]
    [InlineData("no action", "obey", "pass")]
    public async Task Each_action_is_obeyed_or_not(string action, string setting, string expected)
    {
        string key = action == "no action" ? "reject" : action.Replace(' ', '_');
        IReadOnlyDictionary<string, object>[] actions = [new Dictionary<string, object> { [key] = setting }];
        await using var bench = await StartAsync(("actions", actions));
        var verdict = await CheckAsync(bench, Subject($"do:{action}"));
        string said = verdict.Decision switch
        {
            Decision.Refuse refuse => refuse.Reply.ToString(),
            Decision.Defer defer => defer.Reply.ToString(),
            _ => "pass" + string.Concat(verdict.Effects.Select(effect => effect switch
            {
                HeaderEdit.Add add => $" {add.Name}: {add.Value}",
                HeaderEdit.Replace replace => $" {replace.Name}: {replace.Value}",
                _ => "",
            })),
        };
        Assert.Equal(expected, said);
        Assert.Equal(action is "reject" or "add header" or "rewrite subject", verdict.Effects.Contains(new Effect.Tag("spam")));
    }

    [SkippableFact]
    public async Task Rspamd_is_told_of_client_and_envelope_and_its_changes_are_made()
    {
        await using var bench = await StartAsync(new MailHost());
        var verdict = await CheckAsync(bench, new Told("X-Old: 1\r\n" + SpamSamples.Mail("m", "milter", "text")));
        Assert.Contains(new HeaderEdit.Remove("X-Old"), verdict.Effects);
        Assert.Contains(new Effect.ChangeSender(new EmailAddress("changed", "example.org")), verdict.Effects);
        var fields = verdict.Effects.OfType<HeaderEdit.Add>().ToDictionary(add => add.Name);
        Assert.Equal("192.0.2.7|client.example.org|mail.example.org|a@example.org|b@example.test|c@example.test|t1", fields["X-Own"].Value);
        Assert.Equal(("one two", true), (fields["X-Folded"].Value, fields["X-Folded"].AtTop));
        await using var deaf = await StartAsync(("milter", false));
        Assert.DoesNotContain((await CheckAsync(deaf, Subject("milter"))).Effects, effect => effect is HeaderEdit or Effect.ChangeSender);
    }

    [SkippableFact]
    public async Task Words_that_Rspamd_has_encoded_are_not_encoded_again()
    {
        await using var bench = await StartAsync();
        var verdict = await CheckAsync(bench, Subject("=?UTF-8?Q?Gr=C3=BC=C3=9Fe?= do:rewrite subject"));
        var fields = verdict.Effects.OfType<HeaderEdit.Insert>().ToDictionary(insert => insert.Name);
        Assert.Equal("*** SPAM *** Grüße do:rewrite subject", HeaderText.Decode(fields["Subject"].RawValue.Span).Text.Trim());
        Assert.Equal(2, fields["Subject"].Position); // where the old one was
        Assert.Equal("Grüße", HeaderText.Decode(fields["X-Words"].RawValue.Span).Text.Trim());
        Assert.Equal(
            [("Subject", 1), ("X-Last", -1), ("X-Old", 3), ("X-Old", 1)],
            verdict.Effects.OfType<HeaderEdit.Remove>().Select(remove => (remove.Name, remove.Index)).OrderBy(pair => pair.Name, StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Rspamd_is_told_of_this_server_the_encryption_and_every_recipient()
    {
        await using var bench = await StartAsync();
        var verdict = await CheckAsync(bench, new FakeMessage(new MemoryContent(Encoding.Latin1.GetBytes(SpamSamples.Mail("t", "server", "text"))))
        {
            Envelope = new Envelope(null, [.. Enumerable.Range(0, 1000).Select(i => new EmailAddress($"{i:D30}", "example.test"))]),
            BroughtBy = new FakeSession { TlsProtocol = "TLSv1.3", TlsCipher = "TLS_AES_256_GCM_SHA384" },
        });
        Assert.Equal("mx.example.test|TLSv1.3|TLS_AES_256_GCM_SHA384|1000", Assert.Single(verdict.Effects.OfType<HeaderEdit.Add>(), add => add.Name == "X-Told").Value);
    }

    [SkippableFact]
    public async Task Moves_into_Junk_and_out_of_it_are_learned()
    {
        await using var bench = await StartLearningAsync(peer.Rspamd.PasswordFile);
        var before = await peer.Rspamd.LearnedAsync();
        await MoveAsync(bench, "INBOX", "Junk", SpamSamples.Offer("r1"));
        await MoveAsync(bench, "INBOX", "Junk", SpamSamples.Offer("r1"));
        await MoveAsync(bench, "Junk", "Trash", SpamSamples.Letter("r2"));
        RequireLearned(bench, "learned as Spam");
        var then = await peer.Rspamd.LearnedAsync();
        Assert.True(then.Spam > before.Spam && then.Ham == before.Ham, $"{before} {then}"); // on a busy machine Rspamd counts a message twice
        await MoveAsync(bench, "Junk/old", "INBOX", SpamSamples.Letter("r3"));
        RequireLearned(bench, "learned as Ham");
        var now = await peer.Rspamd.LearnedAsync();
        Assert.True(now.Spam == then.Spam && now.Ham > then.Ham, $"{then} {now}");
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains(RspamdServer.ControllerPassword, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_wrong_password_is_told_without_saying_it()
    {
        peer.Require();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "not-the-password");
        await using var bench = await StartLearningAsync(file);
        await MoveAsync(bench, "INBOX", "Junk", SpamSamples.Offer("wrong"));
        File.Delete(file);
        Assert.True(bench.Logged(LogLevel.Warning, "the password is wrong"));
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains("not-the-password", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Status_tells_whether_the_controller_can_be_taught()
    {
        peer.Require();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "not-the-password");
        Assert.Equal((0, "up"), await StatusAsync(peer.Rspamd.PasswordFile, "teaching is allowed"));
        Assert.Equal((1, "works, but"), await StatusAsync(file, "the password is wrong"));
        File.Delete(file);

        async Task<(int Status, string State)> StatusAsync(string passwordFile, string words)
        {
            await using var bench = await StartLearningAsync(passwordFile);
            var output = new StringWriter(CultureInfo.InvariantCulture);
            int status = await bench.Host.RunCommandAsync("rspamd", "status", [], output, output, CancellationToken.None);
            string line = Assert.Single(output.ToString().Split(Environment.NewLine), text => text.StartsWith($"{peer.Rspamd.Controller}: ", StringComparison.Ordinal));
            Assert.Contains(words, line, StringComparison.Ordinal);
            return (status, line.Contains(": up, ", StringComparison.Ordinal) ? "up" : line.Split(": ")[1].Split(" the password")[0]);
        }
    }

    [SkippableFact]
    public async Task The_next_server_is_asked_when_one_does_not_answer_and_status_tells()
    {
        await using var bench = await StartAsync(("address", new[] { "unix:/nowhere/rspamd.sock", "127.0.0.1:1", peer.Rspamd.Tcp }));
        Assert.NotEmpty((await CheckAsync(bench, Subject("points:3"))).Effects);
        var output = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(1, await bench.Host.RunCommandAsync("rspamd", "status", [], output, output, CancellationToken.None));
        Assert.Contains($"{peer.Rspamd.Tcp}: up", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1: down", output.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Large_and_outgoing_messages_are_left_alone()
    {
        await using var bench = await StartAsync(("maximum_size", 300L));
        Assert.True((await CheckAsync(bench, FakeMessage.FromText(SpamSamples.Mail("l", "points:9", new string('x', 300))))).IsPlainPass);
        Assert.True((await CheckAsync(bench, FakeMessage.FromText(SpamSamples.Mail("o", "points:9", "x"), Direction.Outgoing))).IsPlainPass);
    }

    [SkippableFact]
    public async Task Scans_run_side_by_side_and_reloads_leave_nothing_behind()
    {
        await using var bench = await StartLearningAsync(peer.Rspamd.PasswordFile);
        for (int round = 0; round < 2; round++)
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(
                _ => CheckAsync(bench, FakeMessage.FromText(SpamSamples.Mail("s", "points:2", new string('x', 200_000))))));
            Assert.All(all, verdict => Assert.Contains(new Effect.Score(2, "RSPAMD_OWN_POINTS"), verdict.Effects));
            await MoveAsync(bench, "INBOX", "Junk", SpamSamples.Offer($"reload{round}"));
            Assert.Null(await bench.Host.ReloadAsync("rspamd", CancellationToken.None));
        }

        await bench.UntilUnloadedAsync();
    }

    private static FakeMessage Subject(string subject) => FakeMessage.FromText(SpamSamples.Mail("x", subject, "text"));

    private Task<PluginBench> StartLearningAsync(string passwordFile) => StartAsync(
        ("learn", true), ("controller", new[] { peer.Rspamd?.Controller ?? "" }), ("password_file", passwordFile), ("timeout", PluginBench.Patience));

    private Task<PluginBench> StartAsync(params (string Key, object Value)[] settings) => StartAsync(new NoDns(), settings);

    private async Task<PluginBench> StartAsync(IDnsResolver dns, params (string Key, object Value)[] settings)
    {
        peer.Require();
        (string Key, object Value)[] all = Array.Exists(settings, pair => pair.Key == "address")
            ? settings
            : [.. settings, ("address", new[] { peer.Rspamd.Tcp })];
        var bench = new PluginBench(services: given => given with { Dns = dns, Hostname = static () => "mx.example.test" });
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("rspamd", all)));
        return bench;
    }

    private static async Task<Verdict> CheckAsync(PluginBench bench, IMessageView message)
    {
        var answer = await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value;
    }

    private static async Task MoveAsync(PluginBench bench, string from, string to, string message)
    {
        using var content = new MemoryContent(Encoding.Latin1.GetBytes(message));
        var change = new MailboxChange(Bob, MailboxChangeKind.Moved, to, from, 1, content);
        Assert.Null((await bench.Roles.MailboxObservers[0].AskAsync(change, CancellationToken.None)).Fault);
    }

    private void RequireLearned(PluginBench bench, string how) => Assert.True(
        bench.Loggers.Lines.Count(line => line.Text.Contains(how, StringComparison.Ordinal)) == 1,
        string.Join('\n', bench.Loggers.Lines.Select(static line => line.Text)) + "\nRspamd:\n" + peer.Rspamd.Output);

    /// <summary>Knows the name of the client that brings <see cref="Told"/>.</summary>
    private sealed class MailHost : IDnsResolver
    {
        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) =>
            new(new DnsAnswer(DnsStatus.Found, [type == DnsRecordType.PTR ? "mail.example.org." : "192.0.2.7"], TimeSpan.Zero, IsAuthenticated: false));
    }

    /// <summary>A message of which all is known that Rspamd is told.</summary>
    private sealed class Told(string text) : IMessageView, ISessionView
    {
        private readonly FakeMessage _message = FakeMessage.FromText(text);

        public string TransactionId => "t1";

        public ISessionView Session => this;

        public Direction Direction => Direction.Incoming;

        public Envelope Envelope => new(new EmailAddress("a", "example.org"), [Bob]);

        public MessageContent Content => _message.Content;

        public ImmutableArray<MessageHeader> Headers => _message.Headers;

        public ImmutableArray<MessagePart> Parts => _message.Parts;

        public double Score => 0;

        public ImmutableHashSet<string> Tags => [];

        public string Id => "s1";

        public string Protocol => "smtp";

        public IPEndPoint RemoteEndPoint => new(IPAddress.Parse("::ffff:192.0.2.7"), 4711);

        public IPEndPoint? LocalEndPoint => null;

        public string HelloName => "client.example.org";

        public bool IsEncrypted => false;

        public EmailAddress Authenticated => new("c", "example.test");

        public Stream OpenDecoded(MessagePart part) => _message.OpenDecoded(part);

        public Stream OpenRaw() => _message.OpenRaw();
    }

    /// <summary>One Rspamd for all tests of the class; none where it is not installed.</summary>
    public sealed class Peer : IAsyncLifetime
    {
        private RspamdServer? _rspamd;

        internal RspamdServer Rspamd => _rspamd!;

        public void Require() => Skip.If(_rspamd is null, "rspamd is not installed");

        public async Task InitializeAsync()
        {
            try
            {
                _rspamd = await RspamdServer.StartAsync();
            }
            catch (SkipException)
            {
                // Each test says so itself.
            }
        }

        public async Task DisposeAsync()
        {
            if (_rspamd is not null)
            {
                await _rspamd.DisposeAsync();
            }
        }
    }
}
