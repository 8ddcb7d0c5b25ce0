using PluginMail.Abstractions;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Queue.Tests;

/// <summary>What becomes of a message that cannot be delivered.</summary>
public sealed class ReportTests
{
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
        Assert.Contains("Final-Recipient: rfc822; gone@example.test\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Action: failed\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1\r\n", report, StringComparison.Ordinal);
        Assert.Contains("Subject: hello\r\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@example.test", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_expires_is_reported_too()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("anna", null, "full");
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
        bench.Bench.Clock.Advance(TimeSpan.FromDays(5));
        await bench.RunAsync();
        Assert.Contains("full@example.test", Assert.Single(await bench.Mail.ReadAsync("anna")), StringComparison.Ordinal);
        Assert.Empty(await bench.Mail.QueueAsync());
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
        IReadOnlyList<QueueEntry> entries = await bench.Mail.QueueAsync();
        Assert.Equal(2, entries.Count);
        Assert.Equal(["full@example.test"], Assert.Single(entries, entry => entry.HoldReason is null).Recipients.Select(to => to.ToString()));
        Assert.Equal(["gone@example.test"], Assert.Single(entries, entry => entry.HoldReason is not null).Recipients.Select(to => to.ToString()));

        await bench.Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        bench.Bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("full"));
        Assert.Single(await bench.Mail.QueueAsync());
    }

    [Fact]
    public async Task A_sender_whose_mailbox_is_full_leaves_the_message_to_a_person()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.Mail.AddAccountAsync("full", quota: 10);
        await bench.EnqueueAsync("full", null, "gone");
        await bench.RunAsync();
        Assert.NotNull(Assert.Single(await bench.Mail.QueueAsync()).HoldReason);
    }

    [Fact]
    public async Task A_report_is_not_sent_twice_after_a_crash_between_report_and_update()
    {
        await using QueueBench bench = await QueueBench.OpenAsync();
        await bench.EnqueueAsync("anna", null, "gone");
        QueueEntry entry = Assert.Single(await bench.Mail.QueueAsync());
        var reports = new FailureReports(bench.Bench.Router, bench.Bench.Delivery, () => bench.Options, bench.Bench.Clock);
        using MessageContent content = bench.Mail.Store.Bodies.Open(entry.Message);
        (EmailAddress, SmtpReply)[] failures = [(TemporaryStore.Address("gone"), new SmtpReply(550, new EnhancedStatusCode(5, 1, 1), "gone"))];
        Assert.True(await reports.ReportAsync(entry, Pipeline.MailMessage.Scan(content), failures, CancellationToken.None));
        await bench.RunAsync();
        Assert.Single(await bench.Mail.ReadAsync("anna"));
        Assert.Empty(await bench.Mail.QueueAsync());
    }
}
