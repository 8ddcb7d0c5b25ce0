using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.ClamAv;

/// <summary>The ClamAv plugin, loaded as the server loads it, against a real clamd.</summary>
public sealed class ClamAvTests(Clamd clamd) : IClassFixture<Clamd>
{
    private const string Infected =
        "From: bad@example.org\r\nTo: Bob <b@example.test>\r\nSubject: Grüße\r\n\r\nhello " + Clamd.OwnSignature + " there\r\n";

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clean_message_passes_untouched(bool unix)
    {
        await using var bench = await StartAsync(("address", new[] { unix ? clamd.Unix : clamd.Tcp }));
        var verdict = await ScanAsync(bench, FakeMessage.Plain);
        Assert.Equal(new Effect.Tag("virus-clean"), Assert.Single(verdict.Effects));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_infected_incoming_message_is_replaced_by_a_report(bool unix)
    {
        await using var bench = await StartAsync(("address", new[] { unix ? clamd.Unix : clamd.Tcp }));
        var verdict = await ScanAsync(bench, FakeMessage.FromText(Infected));
        Assert.IsType<Decision.Pass>(verdict.Decision);
        var report = Assert.IsType<Effect.ReplaceMessage>(verdict.Effects[0]).Replacement;
        Assert.Equal((Effect[])[new Effect.Tag("virus"), new Effect.Tag("virus:PluginMail.Own.UNOFFICIAL")], verdict.Effects.Skip(1).ToArray());
        Assert.True(report.AttachesOriginal);
        Assert.Contains(("Subject", "Virus found: Grüße"), report.Headers);
        Assert.Contains(("To", "Bob <b@example.test>"), report.Headers);
        Assert.Contains(("From", "Virus scanner <postmaster@example.test>"), report.Headers);
        Assert.Contains("Virus: PluginMail.Own", report.Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_infected_outgoing_message_is_refused_with_the_name_of_the_virus()
    {
        await using var bench = await StartAsync();
        var verdict = await ScanAsync(bench, FakeMessage.FromText($"Subject: x\r\n\r\n{Clamd.Eicar}\r\n", Direction.Outgoing));
        var reply = Assert.IsType<Decision.Refuse>(verdict.Decision).Reply;
        Assert.Equal((550, new EnhancedStatusCode(5, 7, 1)), (reply.Code, reply.Status!.Value));
        Assert.Contains("PluginMail.Eicar", reply.Text, StringComparison.Ordinal);
        Assert.Equal(new Effect.Tag("virus"), verdict.Effects[0]);
    }

    [SkippableFact]
    public async Task A_virus_in_an_encoded_attachment_is_found()
    {
        await using var bench = await StartAsync();
        string attachment = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Clamd.Eicar));
        var verdict = await ScanAsync(bench, FakeMessage.FromText(
            "From: a@example.org\r\nTo: b@example.test\r\nSubject: x\r\nMIME-Version: 1.0\r\n" +
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n" +
            "--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            $"{attachment}\r\n--b--\r\n"));
        Assert.IsType<Effect.ReplaceMessage>(verdict.Effects[0]);
    }

    [SkippableFact]
    public async Task A_large_message_is_read_in_chunks()
    {
        await using var bench = await StartAsync();
        using var content = new LongContent(Clamd.StreamMaxLength - 1000, Infected);
        Assert.IsType<Effect.ReplaceMessage>((await ScanAsync(bench, new FakeMessage(content))).Effects[0]);
        Assert.InRange(content.LongestRead, 1, 64 * 1024);
    }

    [SkippableFact]
    public async Task A_message_larger_than_clamd_takes_passes_with_a_tag()
    {
        await using var bench = await StartAsync(("header", true));
        using var content = new LongContent(Clamd.StreamMaxLength * 4, "");
        var verdict = await ScanAsync(bench, new FakeMessage(content));
        Assert.IsType<Decision.Pass>(verdict.Decision);
        Assert.Equal(new Effect.Tag("virus-unscanned"), verdict.Effects[0]);
        Assert.Equal("ClamAV: not scanned", Assert.IsType<HeaderEdit.Add>(verdict.Effects[2]).Value);
    }

    [SkippableTheory]
    [InlineData("refuse", "552 5.3.4 This message is too large to be scanned for viruses")]
    [InlineData("hold", "hold")]
    public async Task What_is_too_large_for_clamd_is_refused_or_held_where_the_settings_say(string policy, string expected)
    {
        await using var bench = await StartAsync(("when_too_large", policy));
        using var content = new LongContent(Clamd.StreamMaxLength * 2, "");
        var verdict = await ScanAsync(bench, new FakeMessage(content));
        Assert.Equal(expected, verdict.Decision is Decision.Refuse refuse ? refuse.Reply.ToString() : verdict.Decision is Decision.Hold ? "hold" : "other");
    }

    [SkippableFact]
    public async Task Servers_take_turns_and_status_tells_of_each()
    {
        await using var bench = await StartAsync(
            ("address", new[] { clamd.Tcp, clamd.Unix, "127.0.0.1:1" }), ("balance", "round_robin"), ("retry_after", TimeSpan.FromMinutes(5)));
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(new Effect.Tag("virus-clean"), Assert.Single((await ScanAsync(bench, FakeMessage.Plain)).Effects));
        }

        var said = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(1, await bench.Host.RunCommandAsync("clamav", "status", [], said, said, CancellationToken.None));
        string[] lines = said.ToString().Split(Environment.NewLine);
        Assert.Matches("^127[.]0[.]0[.]1:[0-9]+: up, [0-9]+ ms, ClamAV .*[(][34] answered, 0 failed[)]$", lines[0]);
        Assert.Matches("^unix:.*: up, .*[(][34] answered, 0 failed[)]$", lines[1]);
        Assert.Matches("^127.0.0.1:1: down, .*[(]0 answered, 2 failed[)]$", lines[2]);
        Assert.Single(bench.Loggers.Lines, line => line.Text.Contains("127.0.0.1:1 is unavailable", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("", true)]
    [InlineData(":is PluginMail.own.unofficial", true)]
    [InlineData(":is PluginMail", false)]
    [InlineData(":contains mail.own", true)]
    [InlineData(":contains eicar", false)]
    public async Task Filters_know_the_name_of_the_virus(string argument, bool expected)
    {
        await using var bench = await StartAsync();
        var verdict = await ScanAsync(bench, FakeMessage.FromText(Infected));
        Assert.Equal([expected], await VirusWordUse.AskAsync(bench, argument, verdict));
        Assert.Equal([false], await VirusWordUse.AskAsync(bench, argument, Verdict.Pass));
    }

    [SkippableFact]
    public async Task A_message_above_maximum_size_is_not_scanned()
    {
        await using var bench = await StartAsync(("maximum_size", 10L));
        Assert.Equal(new Effect.Tag("virus-unscanned"), Assert.Single((await ScanAsync(bench, FakeMessage.FromText(Infected))).Effects));
    }

    [SkippableFact]
    public async Task The_header_replaces_one_that_came_along()
    {
        await using var bench = await StartAsync(("header", true));
        var verdict = await ScanAsync(bench, FakeMessage.Plain);
        Assert.Equal((Effect[])[new Effect.Tag("virus-clean"), new HeaderEdit.Remove("X-Virus-Scanned"), new HeaderEdit.Add("X-Virus-Scanned", "ClamAV: clean")], verdict.Effects.ToArray());
    }

    [SkippableFact]
    public async Task The_next_address_is_tried_when_one_does_not_answer()
    {
        await using var bench = await StartAsync(("address", new[] { "unix:/nowhere/clamd.sock", "127.0.0.1:1", clamd.Tcp }));
        Assert.IsType<Effect.ReplaceMessage>((await ScanAsync(bench, FakeMessage.FromText(Infected))).Effects[0]);
        Assert.Contains(bench.Loggers.Lines, line => line.Text.EndsWith("unix:/nowhere/clamd.sock is unavailable: No such socket", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Scans_run_side_by_side_and_reloads_leave_nothing_behind()
    {
        await using var bench = await StartAsync();
        for (int round = 0; round < 3; round++)
        {
            var verdicts = await Task.WhenAll(
                Enumerable.Range(0, 20).Select(i => ScanAsync(bench, i % 2 == 0 ? FakeMessage.Plain : FakeMessage.FromText(Infected)).AsTask()));
            Assert.Equal(10, verdicts.Count(verdict => verdict.Effects is [Effect.Tag { Name: "virus-clean" }]));
            Assert.Null(await bench.Host.ReloadAsync("clamav", CancellationToken.None));
        }

        await bench.UntilUnloadedAsync();
    }

    private async Task<PluginBench> StartAsync(params (string Key, object Value)[] settings)
    {
        clamd.Require();
        (string Key, object Value)[] all = Array.Exists(settings, pair => pair.Key == "address")
            ? settings
            : [.. settings, ("address", new[] { clamd.Tcp })];
        var bench = new PluginBench();
        Assert.Empty(await bench.ApplyAsync(DictionarySettings.For("clamav", all)));
        return bench;
    }

    private static async ValueTask<Verdict> ScanAsync(PluginBench bench, IMessageView message)
    {
        var answer = await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value;
    }
}
