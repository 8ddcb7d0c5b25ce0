using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.SpamAssassin;

/// <summary>The SpamAssassin plugin, loaded as the server loads it, against a real spamd.</summary>
public sealed class SpamAssassinTests(SpamAssassinTests.Peer peer) : IClassFixture<SpamAssassinTests.Peer>
{
    private static readonly EmailAddress Bob = new("b", "example.test");
    private static readonly string Spam = SpamSamples.Mail("spam", SpamdServer.Word, "text");

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Points_of_spamd_are_points_of_the_message(bool unix)
    {
        await using var bench = await StartAsync(("address", new[] { unix ? peer.Spamd.Unix : peer.Spamd.Tcp }));
        Assert.Equal([new Effect.Score(7.5, "SPAMASSASSIN"), new Effect.Tag("spam")], await EffectsAsync(bench, FakeMessage.FromText(Spam)));
        Assert.Equal(
            [new Effect.Score(-1.2, "SPAMASSASSIN")],
            await EffectsAsync(bench, FakeMessage.FromText(SpamSamples.Mail("small", "small", "text"))));
        Assert.True(bench.Logged(LogLevel.Information, "7.5 of 5 points (OWN_SUBJECT)"));
    }

    [SkippableFact]
    public async Task The_test_message_of_all_spam_filters_is_found_and_points_are_scaled()
    {
        await using var bench = await StartAsync(("scale", 0.1), ("tag", ""));
        var effects = await EffectsAsync(bench, FakeMessage.FromText(SpamSamples.Mail("gtube", "x", SpamSamples.Gtube)));
        Assert.Equal([new Effect.Score(100, "SPAMASSASSIN")], effects);
    }

    [SkippableFact]
    public async Task Header_fields_take_the_place_of_those_that_came_along()
    {
        await using var bench = await StartAsync(("headers", new[] { "status", "level", "symbols", "report" }));
        var effects = await EffectsAsync(bench, FakeMessage.FromText("X-Spam-Status: No, forged\r\n" + Spam));
        var fields = effects.OfType<HeaderEdit.Add>().ToDictionary(add => add.Name, add => add.Value);
        Assert.Equal("Yes, score=7.5 required=5.0 tests=OWN_SUBJECT", fields["X-Spam-Status"]);
        Assert.Equal("*******", fields["X-Spam-Level"]);
        Assert.Equal("OWN_SUBJECT", fields["X-Spam-Symbols"]);
        Assert.Equal("Own report (7.5 points, 5.0 required) 7.5 OWN_SUBJECT Own word in the subject", fields["X-Spam-Report"]);
        Assert.Equal(new HeaderEdit.Remove("X-Spam-Status"), Assert.Single(effects.OfType<HeaderEdit.Remove>()));
    }

    [SkippableFact]
    public async Task The_settings_of_the_only_recipient_count_or_those_of_the_user_that_is_configured()
    {
        var alice = new EmailAddress("Alice+news", "example.test");
        await using (var bench = await StartAsync())
        {
            Assert.Equal([new Effect.Score(1.5, "SPAMASSASSIN")], await EffectsAsync(bench, To(alice)));
            Assert.Equal(new Effect.Score(7.5, "SPAMASSASSIN"), (await EffectsAsync(bench, To(alice, Bob)))[0]);
        }

        await using (var bench = await StartAsync(("user", SpamdServer.IndulgentUser)))
        {
            Assert.Equal([new Effect.Score(1.5, "SPAMASSASSIN")], await EffectsAsync(bench, To(alice, Bob)));
        }

        await using (var bench = await StartAsync(("per_user", false)))
        {
            Assert.Equal(new Effect.Score(7.5, "SPAMASSASSIN"), (await EffectsAsync(bench, To(alice)))[0]);
        }

        static FakeMessage To(params EmailAddress[] recipients)
        {
            byte[] octets = Encoding.Latin1.GetBytes(Spam);
            return new FakeMessage(new MemoryContent(octets)) { Envelope = new Envelope(new EmailAddress("a", "example.org"), [.. recipients]) };
        }
    }

    [SkippableFact]
    public async Task Large_and_outgoing_messages_are_left_alone()
    {
        await using var bench = await StartAsync(("maximum_size", 200L));
        Assert.Empty(await EffectsAsync(bench, FakeMessage.FromText(Spam + new string('x', 200))));
        Assert.Empty(await EffectsAsync(bench, FakeMessage.FromText(Spam, Direction.Outgoing)));
        await using var both = await StartAsync(("outgoing", true));
        Assert.NotEmpty(await EffectsAsync(both, FakeMessage.FromText(Spam, Direction.Outgoing)));
    }

    [SkippableFact]
    public async Task The_next_server_is_asked_and_the_one_that_is_down_is_passed_over()
    {
        await using var bench = await StartAsync(("address", new[] { "127.0.0.1:1", "unix:/nowhere/spamd.sock", peer.Spamd.Tcp }));
        for (int i = 0; i < 3; i++)
        {
            Assert.NotEmpty(await EffectsAsync(bench, FakeMessage.FromText(Spam)));
        }

        Assert.Single(bench.Loggers.Lines, line => line.Text.StartsWith("127.0.0.1:1 is unavailable", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains("is still unavailable", StringComparison.Ordinal));
        var output = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(1, await bench.Host.RunCommandAsync("spamassassin", "status", [], output, output, CancellationToken.None));
        Assert.Contains($"{peer.Spamd.Tcp}: up", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1: down", output.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Moves_into_Junk_and_out_of_it_teach_the_filter_of_the_account()
    {
        await using var bench = await StartAsync(("learn", true));
        var carol = new EmailAddress("carol", "example.test");
        await MoveAsync(bench, carol, "INBOX", "Junk", SpamSamples.Offer("1"));
        await MoveAsync(bench, carol, "INBOX", "Archive", SpamSamples.Letter("2"));
        await MoveAsync(bench, carol, "Junk", "Trash", SpamSamples.Letter("3"));
        await MoveAsync(bench, carol, "INBOX", "Junkyard", SpamSamples.Offer("4"));
        Assert.Equal((1, 0), await peer.Spamd.LearnedAsync("carol@example.test"));
        await MoveAsync(bench, carol, "Junk", "INBOX", SpamSamples.Letter("5"));
        Assert.Equal((1, 1), await peer.Spamd.LearnedAsync("carol@example.test"));

        byte[] octets = Encoding.Latin1.GetBytes(SpamSamples.Offer("6"));
        var verdict = await bench.Roles.MessageChecks[0].AskAsync(
            new FakeMessage(new MemoryContent(octets)) { Envelope = new Envelope(null, [carol]) }, CancellationToken.None);
        Assert.Equal(new Effect.Score(3.5, "SPAMASSASSIN"), Assert.Single(verdict.Value.Effects));
    }

    [SkippableFact]
    public async Task A_message_teaches_once_until_its_owner_thinks_otherwise()
    {
        await using var bench = await StartAsync(("learn", true));
        var dave = new EmailAddress("dave", "example.test");
        for (int i = 0; i < 3; i++)
        {
            await MoveAsync(bench, dave, "INBOX", "Junk", SpamSamples.Offer("1"), MailboxChangeKind.Copied);
        }

        Assert.Equal((1, 0), await peer.Spamd.LearnedAsync("dave@example.test"));
        Assert.Single(bench.Loggers.Lines, line => line.Text.Contains("is learned as Spam", StringComparison.Ordinal));
        await MoveAsync(bench, dave, "Junk", "INBOX", SpamSamples.Offer("1"));
        Assert.Equal((0, 1), await peer.Spamd.LearnedAsync("dave@example.test"));
    }

    [SkippableFact]
    public async Task Scans_run_side_by_side_and_reloads_leave_nothing_behind()
    {
        await using var bench = await StartAsync(("learn", true), ("connections", 2L));
        for (int round = 0; round < 2; round++)
        {
            var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => EffectsAsync(bench, FakeMessage.FromText(Spam))));
            Assert.All(all, effects => Assert.Equal(2, effects.Count));
            await MoveAsync(bench, Bob, "INBOX", "Junk", SpamSamples.Offer($"round{round}"));
            Assert.Null(await bench.Host.ReloadAsync("spamassassin", CancellationToken.None));
        }

        await bench.UntilUnloadedAsync();
    }

    private async Task<PluginBench> StartAsync(params (string Key, object Value)[] settings)
    {
        peer.Require();
        (string Key, object Value)[] all = Array.Exists(settings, pair => pair.Key == "address")
            ? settings
            : [.. settings, ("address", new[] { peer.Spamd.Tcp })];
        var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("spamassassin", all)));
        return bench;
    }

    private static async Task<IReadOnlyList<Effect>> EffectsAsync(PluginBench bench, IMessageView message)
    {
        var answer = await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Assert.Null(answer.Fault);
        Assert.IsType<Decision.Pass>(answer.Value.Decision);
        return answer.Value.Effects;
    }

    private static async Task MoveAsync(
        PluginBench bench, EmailAddress account, string from, string to, string message, MailboxChangeKind kind = MailboxChangeKind.Moved)
    {
        using var content = new MemoryContent(Encoding.Latin1.GetBytes(message));
        var answer = await bench.Roles.MailboxObservers[0].AskAsync(new MailboxChange(account, kind, to, from, 1, content), CancellationToken.None);
        Assert.Null(answer.Fault);
    }

    /// <summary>One spamd for all tests of the class; none where it is not installed.</summary>
    public sealed class Peer : IAsyncLifetime
    {
        private SpamdServer? _spamd;

        internal SpamdServer Spamd => _spamd!;

        public void Require() => Skip.If(_spamd is null, "spamd is not installed");

        public async Task InitializeAsync()
        {
            try
            {
                _spamd = await SpamdServer.StartAsync();
            }
            catch (SkipException)
            {
                // Each test says so itself.
            }
        }

        public async Task DisposeAsync()
        {
            if (_spamd is not null)
            {
                await _spamd.DisposeAsync();
            }
        }
    }
}
