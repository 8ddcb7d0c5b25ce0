using System.Collections.Concurrent;
using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Queue.Tests;

/// <summary>What waits for a person: it stays until he releases it, or returns it to its sender.</summary>
public sealed class ReturnTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_is_held_goes_by_a_release_alone()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        bench.Options = bench.Options with { WarnAfter = TimeSpan.FromHours(4) };
        await bench.EnqueueAsync("anna", "to be approved", "x@one.test", "bob");
        QueueAdministration queue = Administration(bench);
        Assert.Equal(0, await queue.ChangeAsync(QueueFilter.All, QueueChange.Send, None));
        Assert.Equal(0, await queue.ChangeAsync(new QueueFilter(Domain: "one.test"), QueueChange.Send, None));
        Assert.Equal(0, await queue.ChangeAsync(new QueueFilter((await bench.OnlyAsync()).Id), QueueChange.Send, None));
        Assert.True(await queue.IsAnyHeldAsync(new QueueFilter(Domain: "one.test"), None));
        Assert.False(await queue.IsAnyHeldAsync(new QueueFilter(Domain: "other.test"), None));
        bench.Runner.Resume(null);
        foreach (TimeSpan later in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromHours(5), TimeSpan.FromDays(30)])
        {
            bench.Clock.Advance(later);
            Assert.Equal(0, await bench.RunAsync());
        }

        Assert.Equal("to be approved", (await bench.OnlyAsync()).HoldReason);
        Assert.Empty(transport.Sent);
        Assert.Empty(await bench.Mail.ReadAsync("bob"));
        Assert.Empty(await bench.Mail.ReadAsync("anna")); // neither late nor expired
        Assert.Equal(1, await queue.ChangeAsync(QueueFilter.All, QueueChange.Release, None));
        await bench.RunAsync();
        Assert.Equal(["x@one.test"], transport.Sent);
        Assert.Single(await bench.Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task A_flush_sends_what_waits_and_leaves_who_is_held_in_the_same_message()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Later);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("anna", null, "x@one.test", "y@two.test");
        QueueAdministration queue = Administration(bench);
        await queue.ChangeAsync(new QueueFilter(Domain: "two.test"), QueueChange.Hold, None);
        await bench.RunAsync();
        Assert.Equal(1, await queue.ChangeAsync(QueueFilter.All, QueueChange.Send, None));
        await bench.RunAsync();
        Assert.Equal(["x@one.test", "x@one.test"], transport.Sent);
        Assert.Equal("held by the administrator", (await bench.OnlyAsync()).HoldReason);
    }

    [Fact]
    public async Task A_held_message_is_returned_with_the_reason()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync(
            "anna",
            [To("x@one.test", DsnNotify.Failure, "rfc822;first@one.test"), To("y@two.test"), To("quiet@two.test", DsnNotify.Never)],
            entry => entry with { HoldReason = "dlp", EnvelopeId = "e1", Return = DsnReturn.Full });
        Assert.Equal(QueueReturn.Returned, await ReturnAsync(bench, (await bench.OnlyAsync()).Id, "Contracts stay here"));
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Empty(transport.Sent);
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.StartsWith("Return-Path: <>\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Original-Envelope-Id: e1\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: rfc822; first@one.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; y@two.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Action: failed\r\nStatus: 5.7.1\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Diagnostic-Code: X-PluginMail; 550 5.7.1 Contracts stay here\r\n", report, StringComparison.Ordinal);
        Assert.Contains("administrator by a decision", report, StringComparison.Ordinal);
        Assert.Contains("\r\nbody\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Remote-MTA", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Last-Attempt-Date", report, StringComparison.Ordinal); // there was none
        Assert.DoesNotContain("quiet@two.test", report, StringComparison.Ordinal);
        Assert.Contains(bench.Traces.All, trace => trace.Reply == "550 5.7.1 Contracts stay here");
    }

    [Fact]
    public async Task A_deferred_message_is_returned_and_what_the_other_host_said_is_not_given_as_the_cause()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.Later));
        await bench.EnqueueAsync("anna", null, "x@one.test");
        await bench.RunAsync();
        Assert.Equal(new QueueReturns(1, 0, 0, 0), await Administration(bench).ReturnAsync(new QueueFilter(Domain: "one.test"), ReturnReason.None, None));
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        string report = Assert.Single(await bench.Mail.ReadAsync("anna")).Replace("\r\n ", " ", StringComparison.Ordinal);
        Assert.Contains("Diagnostic-Code: X-PluginMail; 550 5.7.1 returned to its sender by an administrator\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Last-Attempt-Date: ", report, StringComparison.Ordinal);
        Assert.DoesNotContain("450 4.2.1", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_is_meant_is_returned_and_the_rest_stays_as_it_was()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.Later));
        await bench.EnqueueAsync("anna", "odd", "x@one.test", "y@two.test");
        QueueAdministration queue = Administration(bench);
        await queue.ChangeAsync(new QueueFilter(Domain: "two.test"), QueueChange.Release, None);
        QueueId id = (await bench.OnlyAsync()).Id;
        Assert.Equal(QueueReturn.Nothing, await queue.ReturnAsync(id, new QueueFilter(Sender: "bob@example.test"), ReturnReason.None, None));
        Assert.Equal(new QueueReturns(0, 0, 0, 0), await queue.ReturnAsync(new QueueFilter(Domain: "other.test"), ReturnReason.None, None));
        Assert.Equal(new QueueReturns(1, 0, 0, 0), await queue.ReturnAsync(new QueueFilter(Status: QueueRecipientStatus.Held), ReturnReason.None, None));
        await bench.RunAsync();
        Assert.Contains("x@one.test", Assert.Single(await bench.Mail.ReadAsync("anna")), StringComparison.Ordinal);
        QueueEntry left = await bench.OnlyAsync();
        Assert.Equal(("y@two.test", 1), (Assert.Single(left.Recipients).ToString(), left.Attempts));
        Assert.Null(left.HoldReason);
    }

    [Theory]
    [InlineData(null, true, null, QueueReturn.NullSender)]
    [InlineData("anna", false, null, QueueReturn.DoubtfulSender)]
    [InlineData("anna", true, DsnNotify.Never, QueueReturn.Unwanted)]
    [InlineData("anna", true, DsnNotify.Success, QueueReturn.Unwanted)]
    public async Task Where_nobody_is_to_be_told_it_is_gone(string? from, bool mayReport, DsnNotify? notify, QueueReturn expected)
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.Ok));
        await bench.EnqueueAsync(from, [To("x@one.test", notify)], entry => entry with { HoldReason = "odd", MayReport = mayReport });
        Assert.Equal(expected, await ReturnAsync(bench, (await bench.OnlyAsync()).Id));
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_sender_that_cannot_be_reached_leaves_it_as_it_is()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.Ok));
        await bench.EnqueueAsync("nobody", "odd", "x@one.test");
        Assert.Equal(QueueReturn.Unreachable, await ReturnAsync(bench, (await bench.OnlyAsync()).Id));
        await bench.RunAsync();
        Assert.Equal("odd", (await bench.OnlyAsync()).HoldReason);
        Assert.Equal(QueueReturn.Nothing, await ReturnAsync(bench, new QueueId(99)));
    }

    [Fact]
    public async Task What_is_being_tried_is_not_returned()
    {
        var transport = new GatedTransport();
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("anna", null, "x@one.test");
        QueueId id = (await bench.OnlyAsync()).Id;
        Task<int> run = bench.RunAsync();
        await transport.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(QueueReturn.Active, await ReturnAsync(bench, id));
        Assert.Equal(new QueueReturns(0, 0, 1, 0), await Administration(bench).ReturnAsync(new QueueFilter(Domain: "one.test"), ReturnReason.None, None));
        transport.Gate.SetResult();
        await run;
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Each_message_is_sent_or_returned_and_never_both()
    {
        const int Count = 120;
        var transport = new ScriptedTransport(_ => ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        QueueAdministration queue = Administration(bench);
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => bench.Runner.RunAsync(stop.Token));
        var returned = new ConcurrentBag<QueueReturn>();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, token) =>
        {
            await bench.EnqueueAsync("anna", [To($"r{i}@one.test")], entry => entry with { EnvelopeId = $"{i}" });
            QueueEntry? entry = (await bench.Mail.Store.Queue.ListAsync(QueueFilter.All, null, 1000, token)).FirstOrDefault(one => one.EnvelopeId == $"{i}");
            if (entry is not null)
            {
                returned.Add(await queue.ReturnAsync(entry.Id, new QueueFilter(entry.Id), ReturnReason.None, token));
            }
        });
        await Until.TrueAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            bench.Runner.Wake();
            return (await bench.Mail.QueueAsync()).Count == 0;
        });
        await stop.CancelAsync();
        await running;
        int reports = (await bench.Mail.ReadAsync("anna")).Count;
        Assert.Equal(returned.Count(result => result == QueueReturn.Returned), reports);
        Assert.Equal(Count, transport.Sent.Distinct().Count() + reports);
        Assert.Equal(transport.Sent.Count, transport.Sent.Distinct().Count());
    }

    [Fact]
    public void An_attempt_and_a_claim_exclude_each_other()
    {
        var entries = new ActiveEntries();
        var id = new QueueId(7);
        Assert.True(entries.TryBegin(id));
        Assert.True(entries.TryBegin(id));
        Assert.False(entries.TryClaim(id));
        entries.End(id);
        Assert.True(entries.IsActive(id));
        Assert.False(entries.TryClaim(id));
        entries.End(id);
        Assert.False(entries.IsActive(id));
        Assert.True(entries.TryClaim(id));
        Assert.False(entries.TryClaim(id));
        Assert.False(entries.TryBegin(id));
        Assert.False(entries.IsActive(id));
        Assert.True(entries.TryBegin(new QueueId(8)));
        entries.Free(id);
        Assert.True(entries.TryBegin(id));
        entries.Free(id); // not a claim
        Assert.True(entries.IsActive(id));
    }

    [Theory]
    [InlineData("no", true)]
    [InlineData(" Größe: 5 € 😀 ", true)]
    [InlineData(null, true)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData("one\r\nRcpt: two", false)]
    [InlineData("a\u0007", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u202eb", false)]
    public void A_reason_is_one_line_of_printable_text(string? text, bool isUsable) => Assert.Equal(isUsable, ReturnReason.TryParse(text, out _));

    [Fact]
    public void A_reason_is_bounded_and_whole()
    {
        Assert.False(ReturnReason.TryParse("half a pair: \ud800", out _));
        Assert.True(ReturnReason.TryParse(new string('a', ReturnReason.MaximumLength), out _));
        Assert.False(ReturnReason.TryParse(new string('a', ReturnReason.MaximumLength + 1), out _));
    }

    private static NewQueueRecipient To(string address, DsnNotify? notify = null, string? original = null) =>
        new(TemporaryStore.Address(address), notify, original);

    private static QueueAdministration Administration(QueueBench bench) => new(bench.Mail.Store.Queue, bench.Runner, () => bench.Options, bench.Clock);

    private static async Task<QueueReturn> ReturnAsync(QueueBench bench, QueueId id, string? reason = null) =>
        await Administration(bench).ReturnAsync(id, new QueueFilter(id), ReturnReason.TryParse(reason, out ReturnReason? read) ? read : ReturnReason.None, None);

    private sealed class GatedTransport : IOutboundTransport
    {
        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string DestinationOf(string domain) => domain;

        public async ValueTask<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            await Gate.Task.WaitAsync(cancellationToken);
            return [.. message.Recipients.Select(_ => ScriptedTransport.Ok)];
        }
    }
}
