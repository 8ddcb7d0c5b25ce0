using PluginMail.Abstractions;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Queue.Tests;

/// <summary>What senders are told.</summary>
public sealed class ReportTests
{
    private static NewQueueRecipient To(string address, DsnNotify? notify = null, string? original = null) =>
        new(TemporaryStore.Address(address), notify, original);

    [Fact]
    public async Task A_permanent_failure_is_reported_to_the_sender_in_RFC_3464_form()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("anna", null, "bob", "gone");
        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("bob"));
        Assert.Empty(await bench.Mail.QueueAsync());
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.StartsWith("Return-Path: <>\r\n", report, StringComparison.Ordinal);
        Assert.Contains("multipart/report", report, StringComparison.Ordinal);
        Assert.Contains("report-type=delivery-status", report.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Reporting-MTA: dns; mx.example.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Arrival-Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; gone@example.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Action: failed\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Last-Attempt-Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n", report, StringComparison.Ordinal);
        Assert.Contains("There is no such address.", report, StringComparison.Ordinal);
        Assert.Contains("Subject: hello\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nbody", report, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@example.test", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipients_that_failed_in_several_domains_stand_in_one_report_with_what_was_asked_for()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.No()));
        await bench.EnqueueAsync(
            "anna",
            [To("x@one.test", DsnNotify.Failure, "rfc822;the+2Bold@one.test"), To("y@two.test"), To("z@three.test", DsnNotify.Never), To("s@four.test", DsnNotify.Success)],
            entry => entry with { EnvelopeId = "id+3D7", Return = DsnReturn.Full });
        await bench.RunAsync();
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Contains("Original-Envelope-Id: id=7\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: rfc822; the+old@one.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; y@two.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Remote-MTA: dns; mx.elsewhere.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("z@three.test", report, StringComparison.Ordinal);
        Assert.DoesNotContain("s@four.test", report, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/rfc822\r\n", report, StringComparison.Ordinal);
        Assert.Contains("\r\nbody\r\n", report, StringComparison.Ordinal);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Theory]
    [InlineData("mx.elsewhere.test[192.0.2.1]:25", "", "mx.elsewhere.test", "smtp; 550 5.1.1 no such user")]
    [InlineData("192.0.2.1[192.0.2.1]:25", "", "[192.0.2.1]", "smtp; 550 5.1.1 no such user")]
    [InlineData("2001:db8::1[2001:db8::1]:25", "", "[IPv6:2001:db8::1]", "smtp; 550 5.1.1 no such user")]
    [InlineData("mx.elsewhere.test[192.0.2.1]:25", "mx.elsewhere.test[192.0.2.1]:25 takes messages up to 5 octets", "mx.elsewhere.test", "X-PluginMail; 550 5.1.1 mx.")]
    public async Task The_other_host_stands_by_its_name_and_what_is_said_here_is_not_given_as_its_words(string host, string said, string name, string code)
    {
        OutboundOutcome no = ScriptedTransport.No() with { Host = host };
        await using QueueBench bench = await QueueBench.OpenAsync(
            transport: new ScriptedTransport(_ => said.Length == 0 ? no : no with { Reply = no.Reply with { Text = said } }));
        await bench.EnqueueAsync("anna", null, "x@elsewhere.test");
        await bench.RunAsync();
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Contains($"Remote-MTA: dns; {name}\r\n", report, StringComparison.Ordinal);
        Assert.Contains($"Diagnostic-Code: {code}", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50_000, true)]
    [InlineData(10, false)]
    [InlineData(0, false)]
    public async Task A_message_is_given_back_whole_up_to_a_size(long most, bool isWhole)
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.No()));
        bench.Options = bench.Options with { LargestReturned = most };
        await bench.EnqueueAsync("anna", [To("x@one.test")], entry => entry with { Return = DsnReturn.Full });
        await bench.RunAsync();
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Equal(isWhole, report.Contains("\r\nbody\r\n", StringComparison.Ordinal));
        Assert.Contains("Subject: hello\r\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_elsewhere_is_told_by_a_message_with_the_null_sender()
    {
        var transport = new ScriptedTransport(to => to.LocalPart == "gone" ? ScriptedTransport.No() : ScriptedTransport.Ok);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("x@sender.test", null, "gone@elsewhere.test");
        await bench.RunAsync();
        Assert.Equal(["gone@elsewhere.test", "x@sender.test"], transport.Sent);
        Assert.Null(transport.Messages[1].Sender);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_was_relayed_to_a_host_without_reports_is_reported_where_it_is_wished()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.Ok));
        await bench.EnqueueAsync("anna", [To("x@elsewhere.test", DsnNotify.Success), To("y@elsewhere.test")]);
        await bench.RunAsync();
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Contains("Action: relayed\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Status: 2.0.0\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("y@elsewhere.test", report, StringComparison.Ordinal);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_expires_is_reported_too()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("anna", null, "full");
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
        bench.Clock.Advance(TimeSpan.FromDays(5));
        await bench.RunAsync();
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Contains("full@example.test", report, StringComparison.Ordinal);
        Assert.Contains("Status: 4.4.7\r\n", report, StringComparison.Ordinal);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task What_expires_while_its_destination_is_paused_is_reported_without_another_try()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.Down);
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        bench.Options = bench.Options with { MinimumPause = TimeSpan.FromDays(6), MaximumPause = TimeSpan.FromDays(6) };
        await bench.EnqueueAsync("anna", null, "x@elsewhere.test");
        await bench.RunAsync();
        await bench.EnqueueAsync("anna", null, "y@elsewhere.test");
        await bench.RunAsync();
        bench.Clock.Advance(TimeSpan.FromDays(5));
        await bench.RunAsync();
        Assert.Single(transport.Sent);
        Assert.Equal(2, (await bench.Mail.ReadAsync("anna")).Count);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task The_sender_of_a_late_message_is_told_once_unless_he_does_not_want_it()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.Later));
        bench.Options = bench.Options with { WarnAfter = TimeSpan.FromHours(4) };
        await bench.EnqueueAsync("anna", [To("x@elsewhere.test"), To("y@elsewhere.test", DsnNotify.Failure)]);
        await bench.EnqueueAsync("bob", [To("z@elsewhere.test", DsnNotify.Never)]);
        await bench.EnqueueAsync(null, [To("z@elsewhere.test")]);
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
        for (int hours = 0; hours < 10; hours++)
        {
            bench.Clock.Advance(TimeSpan.FromHours(1));
            await bench.RunAsync();
        }

        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Contains("Action: delayed\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Status: 4.2.1\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Will-Retry-Until: Thu, 26 Nov 2026 12:00:00 +0000\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("y@elsewhere.test", report, StringComparison.Ordinal);
        Assert.Empty(await bench.Mail.ReadAsync("bob"));
        Assert.Equal(3, (await bench.Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task The_null_sender_gets_no_report()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync(null, null, "gone");
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_sender_that_is_likely_forged_gets_no_report()
    {
        var transport = new ScriptedTransport(_ => ScriptedTransport.No());
        await using QueueBench bench = await QueueBench.OpenAsync(transport: transport);
        await bench.EnqueueAsync("x@sender.test", [To("gone")], entry => entry with { MayReport = false });
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Empty(transport.Sent);
    }

    [Fact]
    public async Task A_sender_out_of_reach_leaves_the_message_to_a_person()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("x@elsewhere.test", null, "gone");
        await bench.RunAsync();
        QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());
        Assert.StartsWith("cannot be delivered nor reported: 550 5.1.1", entry.HoldReason, StringComparison.Ordinal);
        Assert.Equal(0, await bench.RunAsync());
    }

    [Fact]
    public async Task What_cannot_be_reported_does_not_hold_what_may_still_be_delivered()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        Account full = await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("x@elsewhere.test", null, "gone", "full");
        await bench.RunAsync();
        Assert.Equal(
            [("gone@example.test", QueueRecipientStatus.Held), ("full@example.test", QueueRecipientStatus.Waiting)],
            (await bench.OnlyAsync()).Recipients.Select(to => (to.ToString(), to.Status)));

        await bench.Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("full"));
        Assert.Equal("gone@example.test", Assert.Single((await bench.OnlyAsync()).Recipients).ToString());
    }

    [Fact]
    public async Task A_report_waits_for_a_sender_whose_mailbox_is_full_and_is_itself_never_reported()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("full", null, "gone");
        await bench.RunAsync();
        QueueEntry report = await bench.OnlyAsync();
        Assert.Null(report.Sender);
        Assert.StartsWith("452 4.2.2", report.LastReply, StringComparison.Ordinal);
        bench.Clock.Advance(TimeSpan.FromDays(5));
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task A_report_is_made_after_a_crash_between_the_attempt_and_the_report()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("anna", null, "gone");
        QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());
        await bench.Mail.Store.Queue.UpdateAsync(
            new QueueUpdate(entry.Id, [new QueueRecipientUpdate(1, QueueRecipientStatus.Failed, bench.Clock.GetUtcNow(), "550 5.1.1 gone")]), CancellationToken.None);
        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task Addresses_that_are_not_ASCII_make_a_report_of_RFC_6533()
    {
        await using QueueBench bench = await QueueBench.OpenAsync(transport: new ScriptedTransport(_ => ScriptedTransport.No()));
        await bench.EnqueueAsync("anna", [To("j\u00f6rg@elsewhere.test", null, "utf-8;j\\x{F6}rg@elsewhere.test")]);
        await bench.RunAsync();
        string report = Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Contains("message/global-delivery-status", report, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: utf-8; j\u00f6rg@elsewhere.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: utf-8; j\u00f6rg@elsewhere.test\r\n", report, StringComparison.Ordinal);
    }
}
