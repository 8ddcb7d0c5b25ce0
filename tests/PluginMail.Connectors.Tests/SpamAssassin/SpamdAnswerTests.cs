using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Plugins;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.SpamAssassin;

/// <summary>The SpamAssassin plugin against something that only pretends to be a spamd, and against nothing.</summary>
public sealed class SpamdAnswerTests
{
    [Theory]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nContent-length: 3\r\nSpam: True ; 7.5 / 5.0\r\n\r\nA,B", "7.5 spam")]
    [InlineData("SPAMD/1.5 0 EX_OK\r\nspam: Yes ; 7.5 / 5.0\r\n\r\n", "7.5 spam")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nSpam: False ; -1.2 / 5.0\r\n\r\nA\u0001,B,,", "-1.2")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0 / 5.0\r\n\r\n", "0")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nSpam: True ; NaN / 5.0\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nSpam: True ; 1e999 / 5.0\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nSpam: True ; 99999999999999999999 / 5.0\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nSpam: True 7.5\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nContent-length: 30\r\nSpam: True ; 7.5 / 5.0\r\n\r\ncut short", "defer")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\nContent-length: -1\r\nSpam: True ; 7.5 / 5.0\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.1 0 EX_OK\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.0 76 Bad header line: SYMBOLS\r\n", "defer")]
    [InlineData("SPAMD/1.1 75 EX_TEMPFAIL\r\nSpam: True ; 7.5 / 5.0\r\n\r\n", "defer")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "defer")]
    [InlineData("SPAMD/1.1", "defer")]
    [InlineData("", "defer")]
    public async Task Answers_are_understood(string answer, string expected)
    {
        await using var spamd = new FixedAnswer(answer);
        Assert.Equal(expected, await CheckAsync(("address", new[] { spamd.Address }), ("when_unavailable", "defer")));
    }

    [Fact]
    public async Task An_endless_answer_ends()
    {
        await using var spamd = new FixedAnswer("SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.5 / 5.0\r\n\r\n" + new string('x', 1_000_000));
        Assert.Equal("defer", await CheckAsync(("address", new[] { spamd.Address }), ("when_unavailable", "defer")));
    }

    [Fact]
    public async Task A_spamd_that_never_answers_is_unavailable()
    {
        await using var spamd = new FixedAnswer(answer: null);
        Assert.Equal(
            "pass",
            await CheckAsync(
                ("address", new[] { spamd.Address }), ("timeout", TimeSpan.FromMilliseconds(150)), ("connect_timeout", TimeSpan.FromMilliseconds(150))));
    }

    [Fact]
    public async Task One_message_tries_a_spamd_that_is_down_and_the_others_do_not_wait()
    {
        var clock = new FakeTime();
        await using var spamd = new FixedAnswer(answer: null);
        await using var bench = new PluginBench(services: given => given with { Clock = clock });
        Assert.Empty(await bench.ApplyAsync(Patient(("address", new[] { spamd.Address }))));
        for (int i = 0; i < 3; i++)
        {
            await PassingAsync(clock, AskAsync(bench));
        }

        Task[] asking = [.. Enumerable.Range(0, 6).Select(_ => AskAsync(bench))];
        await PluginBench.UntilAsync(() => asking.Count(one => one.IsCompleted) == 5, "all but one are told at once: no time passes");
        await PassingAsync(clock, Task.WhenAll(asking));
        Assert.Matches("[(]0 answered, 5 failed[)]", await PassingAsync(clock, StatusAsync(bench)));
    }

    [Fact]
    public async Task Words_of_the_message_in_the_report_are_no_rules()
    {
        string report = "Content preview:  hello\n  9.9 FORGED_ONE said the message\n  ---- ------\n  8.8 FORGED_TWO\n\nContent analysis details:   (7.5 points, 5.0 required)\n\n"
            + " pts rule name              description\n---- ---------------------- --------------------------------------------------\n 7.5 OWN_SUBJECT            Own word\n                            3.3 more words\n-0.1 OTHER                  x\n";
        await using var spamd = new FixedAnswer($"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.5 / 5.0\r\n\r\n{report}");
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("spamassassin", ("address", new[] { spamd.Address }), ("headers", new[] { "symbols", "report" }))));
        var answer = await bench.Roles.MessageChecks[0].AskAsync(FakeMessage.FromText("Subject: x\r\n\r\ny\r\n.\r\n"), CancellationToken.None);
        Assert.Equal("OWN_SUBJECT, OTHER", Assert.Single(answer.Value.Effects.OfType<HeaderEdit.Add>(), add => add.Name == "X-Spam-Symbols").Value);
    }

    [Fact]
    public async Task An_error_for_one_message_is_no_outage()
    {
        await using var spamd = new FixedAnswer("SPAMD/1.0 79 Timeout: (30 second timeout while trying to SYMBOLS)\r\n");
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("spamassassin", ("address", new[] { spamd.Address }))));
        await AskAsync(bench);
        Assert.Contains(bench.Loggers.Lines, line => line.Text.Contains("works, but did not do this: answered \"79 Timeout", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Loggers.Lines, line => line.Text.Contains("is unavailable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reply_counts_although_the_request_was_not_read_to_its_end()
    {
        await using var spamd = new FixedAnswer("SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.5 / 5.0\r\n\r\n") { IsHasty = true };
        Assert.Equal("7.5 spam", await CheckAsync(("address", new[] { spamd.Address }), ("when_unavailable", "defer")));
    }

    [Theory]
    [InlineData("maximum_size", 10L)]
    [InlineData("scale", 1.0)]
    public async Task What_is_not_scanned_keeps_no_field_that_came_along(string key, object value)
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For(
            "spamassassin", ("address", new[] { "127.0.0.1:1" }), ("headers", new[] { "status", "level" }), (key, value))));
        var message = FakeMessage.FromText("x-spam-status: No\r\nX-Spam-Level: *\r\nX-Spam-Report: none\r\nSubject: x\r\n\r\ny\r\n");
        var answer = await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Assert.Null(answer.Fault);
        Assert.Equal([new HeaderEdit.Remove("X-Spam-Level"), new HeaderEdit.Remove("X-Spam-Status")], answer.Value.Effects.ToArray());
    }

    [Fact]
    public async Task Waiting_for_a_turn_ends()
    {
        var clock = new FakeTime();
        await using var spamd = new FixedAnswer(answer: null);
        await using var bench = new PluginBench(services: given => given with { Clock = clock });
        Assert.Empty(await bench.ApplyAsync(Patient(("address", new[] { spamd.Address }), ("connections", 1L))));
        await PassingAsync(clock, Task.WhenAll(AskAsync(bench), AskAsync(bench)));
        Assert.Matches("[(]0 answered, 2 failed[)]", await PassingAsync(clock, StatusAsync(bench)));
    }

    [Fact]
    public async Task The_request_is_the_protocols()
    {
        await using var spamd = new FixedAnswer("SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0 / 5.0\r\n\r\n");
        await CheckAsync(("address", new[] { spamd.Address }));
        Assert.Equal("SYMBOLS SPAMC/1.5\r\nContent-length: 20\r\nUser: b@example.test\r\n\r\nSubject: x\r\n\r\ny\r\n.\r\n", spamd.Asked);
    }

    [Theory]
    [InlineData("address", new[] { "127.0.0.1" })]
    [InlineData("address", new string[0])]
    [InlineData("balance", "sometimes")]
    [InlineData("connections", 0L)]
    [InlineData("maximum_size", 0L)]
    [InlineData("headers", new[] { "level", "colour" })]
    [InlineData("header_prefix", "X Spam")]
    [InlineData("user", "two words")]
    [InlineData("junk_folder", "INBOX")]
    [InlineData("scale", 0.0)]
    [InlineData("when_unavailable", "refuse")]
    [InlineData("adress", "x")]
    public async Task Impossible_settings_are_refused(string key, object value)
    {
        await using var bench = new PluginBench();
        string error = Assert.Single(await bench.ApplyAsync(DictionarySettings.For("spamassassin", (key, value))));
        Assert.Contains(key, error, StringComparison.Ordinal);
    }

    // It asks too, and fails.
    private static async Task<string> StatusAsync(PluginBench bench)
    {
        var said = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(1, await bench.Host.RunCommandAsync("spamassassin", "status", [], said, said, CancellationToken.None));
        return said.ToString();
    }

    // The plugin's own limits end a call, long before the host's does.
    private static PluginSettings Patient(params (string Key, object Value)[] settings) =>
        DictionarySettings.For("spamassassin", settings) with { TimeLimit = TimeSpan.FromDays(1) };

    // Lets time pass until something has ended.
    private static async Task PassingAsync(FakeTime clock, Task work)
    {
        while (!work.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(10));
        }

        await work;
    }

    private static async Task<string> PassingAsync(FakeTime clock, Task<string> work)
    {
        await PassingAsync(clock, (Task)work);
        return await work;
    }

    private static async Task AskAsync(PluginBench bench)
    {
        var answer = await bench.Roles.MessageChecks[0].AskAsync(FakeMessage.FromText("Subject: x\r\n\r\ny\r\n.\r\n"), CancellationToken.None);
        Assert.Null(answer.Fault);
        Assert.True(answer.Value.IsPlainPass);
    }

    private static async Task<string> CheckAsync(params (string Key, object Value)[] settings)
    {
        await using var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("spamassassin", settings)));
        var answer = await bench.Roles.MessageChecks[0].AskAsync(FakeMessage.FromText("Subject: x\r\n\r\ny\r\n.\r\n"), CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value switch
        {
            { IsPlainPass: true } => "pass",
            { Decision: Decision.Defer { Reply.Code: 451 } } => "defer",
            { Effects: [Effect.Score score] } => $"{score.Points}",
            { Effects: [Effect.Score score, Effect.Tag tag] } => $"{score.Points} {tag.Name}",
            _ => answer.Value.ToString(),
        };
    }
}
