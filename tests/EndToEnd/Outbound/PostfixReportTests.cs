using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>What this server and Postfix tell senders of each other's refusals and deliveries (RFC 3464, RFC 3461), and whom they tell nothing.</summary>
[Collection(PostfixSiteCollection.Name)]
public sealed class PostfixReportTests(PostfixSite site, ITestOutputHelper output) : PostfixSiteTests(site, output)
{
    [SkippableFact]
    public async Task A_refusal_of_Postfix_comes_back_to_its_sender_alone()
    {
        Login from = await AddAccountAsync("refused");
        Login other = await AddAccountAsync("other");
        await SendAsync(from, $"<nobody@{PostfixPeer.Domain}>", $"Reply-To: {other.Address}\r\nSubject: refused there\r\n\r\nhello\r\n");
        await Server.UntilLoggedAsync($": delivered to=<{from.Address}>");
        (string header, string body) = await ReadAsync(from);
        Assert.Contains("Return-Path: <>", header, StringComparison.Ordinal);
        Assert.Contains("report-type=delivery-status", header, StringComparison.Ordinal);
        Assert.Contains($"Final-Recipient: rfc822; nobody@{PostfixPeer.Domain}", body, StringComparison.Ordinal);
        Assert.Contains("Action: failed", body, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1", body, StringComparison.Ordinal);
        Assert.Contains("Subject: refused there", body, StringComparison.Ordinal);
        Assert.Equal(0, await ImapDialog.CountAsync(Server, other, "INBOX"));
        await UntilEmptyAsync();
    }

    [SkippableFact]
    public async Task A_refusal_here_comes_back_to_the_sender_at_Postfix()
    {
        string subject = NewName("refused-here");
        await Peer.SubmitAsync($"<bob@{PostfixPeer.Domain}>", "<nobody@example.test>", $"From: anna@{PostfixPeer.Domain}\r\nSubject: {subject}\r\n\r\nhello\r\n");
        string report = await Peer.UntilDeliveredAsync("bob", $"Subject: {subject}");
        Assert.StartsWith("Return-Path: <>", report, StringComparison.Ordinal);
        Assert.Contains("Final-Recipient: rfc822; nobody@example.test", report, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1", report, StringComparison.Ordinal);
        Assert.DoesNotContain(Peer.Messages("anna"), message => message.Contains(subject, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_null_sender_is_told_nothing_in_either_direction()
    {
        string there = NewName("null-there");
        (await Server.RunWithInputAsync($"Subject: {there}\n\nhello\n", ["sendmail", "-f", "<>", $"{there}@{PostfixPeer.Domain}"])).Succeeded();
        await Server.UntilLoggedAsync($"to=<{there}@{PostfixPeer.Domain}>");
        await UntilEmptyAsync();
        Assert.DoesNotContain("postmaster", (await Server.RunAsync("queue", "list")).Succeeded().Output, StringComparison.Ordinal);

        string here = NewName("null-here");
        await Peer.SubmitAsync("<>", $"<{here}@example.test>", $"Subject: {here}\r\n\r\nhello\r\n");
        await Peer.UntilLoggedAsync($"to=<{here}@example.test>");
        await Peer.UntilIdleAsync();
        foreach (string mailbox in PostfixPeer.Mailboxes)
        {
            Assert.DoesNotContain(Peer.Messages(mailbox), message => message.Contains(here, StringComparison.Ordinal) || message.Contains(there, StringComparison.Ordinal));
        }
    }

    [SkippableFact]
    public async Task A_delivery_at_Postfix_is_reported_where_the_sender_asked()
    {
        Login from = await AddAccountAsync("asked");
        await SendAsync(from, $"<anna@{PostfixPeer.Domain}> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;ann+2Ba@old.test", "Subject: tell me\r\n\r\nhello\r\n", " RET=HDRS ENVID=here+2D42");
        await Peer.UntilDeliveredAsync("anna", "Subject: tell me");
        await Server.UntilLoggedAsync($": delivered to=<{from.Address}>");
        (string header, string body) = await ReadAsync(from);
        Assert.Contains($"mx.{PostfixPeer.Domain}", header, StringComparison.Ordinal); // Postfix's report: this server has told it all
        Assert.Contains("Original-Envelope-Id: here-42", body, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: rfc822;ann+a@old.test", body.Replace("rfc822; ", "rfc822;", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Action: delivered", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nhello\r\n", body, StringComparison.Ordinal); // RET=HDRS
        Assert.Equal(1, await ImapDialog.CountAsync(Server, from, "INBOX"));
    }

    [SkippableFact]
    public async Task A_delivery_here_is_reported_where_a_sender_at_Postfix_asked()
    {
        Login to = await AddAccountAsync("reports");
        await Peer.SubmitAsync($"<bob@{PostfixPeer.Domain}> RET=FULL ENVID=there+2D43", $"<{to.Address}> NOTIFY=SUCCESS", "Subject: tell them\r\n\r\nhello\r\n");
        string report = await Peer.UntilDeliveredAsync("bob", "Original-Envelope-Id: there-43");
        Assert.StartsWith("Return-Path: <>", report, StringComparison.Ordinal);
        Assert.Contains("Reporting-MTA: dns; mail.example.test", report, StringComparison.Ordinal);
        Assert.Contains($"Final-Recipient: rfc822; {to.Address}", report, StringComparison.Ordinal);
        Assert.Contains("Action: delivered", report, StringComparison.Ordinal);
        Assert.Single(Peer.Messages("bob"), message => message.Contains("there-43", StringComparison.Ordinal));
    }
}
