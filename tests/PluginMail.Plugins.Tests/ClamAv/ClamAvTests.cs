using PluginMail.Abstractions;
using PluginMail.Plugins.Tests.Support;

namespace PluginMail.Plugins.Tests.ClamAv;

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
        Assert.Equal(new Effect.Tag("virus"), verdict.Effects[1]);
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
        Assert.Equal(new Effect.Tag("virus"), Assert.Single(verdict.Effects));
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
    public async Task A_large_message_is_streamed_in_chunks()
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

    /// <summary>Octets that lie nowhere as a whole: filler, then a text.</summary>
    private sealed class LongContent(long fill, string text) : MessageContent
    {
        private readonly byte[] _end = System.Text.Encoding.Latin1.GetBytes(text);

        public override long Length => fill + _end.Length;

        public int LongestRead { get; private set; }

        public override int Read(long offset, Span<byte> destination)
        {
            LongestRead = Math.Max(LongestRead, destination.Length);
            int count = (int)Math.Min(destination.Length, Length - offset);
            for (int i = 0; i < count; i++)
            {
                destination[i] = offset + i < fill ? (byte)'x' : _end[offset + i - fill];
            }

            return count;
        }
    }
}
