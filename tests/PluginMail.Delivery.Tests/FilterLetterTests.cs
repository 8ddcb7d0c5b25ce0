using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What filters write: replies, refusals and the reports about them; committed with the message or not at all.</summary>
public sealed class FilterLetterTests : IAsyncLifetime
{
    private const string Message =
        "From: x@elsewhere.test\r\nTo: anna@example.test\r\nSubject: hello\r\nMessage-ID: <m@elsewhere.test>\r\n\r\nbody\r\n";

    private const string Vacation = "require \"vacation\"; vacation :subject \"Weg\" \"Bin im Süden.\";";
    private const string Ereject = "require \"ereject\"; ereject \"No thank you.\";";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    private async Task<IReadOnlyList<(QueueEntry Entry, string Text)>> LettersAsync() =>
        [.. (await Mail.QueueAsync()).Select(entry => (entry, Mail.Text(entry.Message)))];

    [Fact]
    public async Task A_vacation_reply_goes_to_the_sender_with_the_null_sender()
    {
        await Mail.SetFilterAsync("anna", Vacation);
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        (QueueEntry entry, string text) = Assert.Single(await LettersAsync());
        Assert.Null(entry.Sender);
        Assert.Equal("sender@elsewhere.test", Assert.Single(entry.Recipients).ToString());
        Assert.Contains("From: anna", text);
        Assert.Contains("\r\nTo: sender@elsewhere.test\r\n", text);
        Assert.Contains("\r\nSubject: Weg\r\n", text);
        Assert.Contains("\r\nAuto-Submitted: auto-replied\r\n", text);
        Assert.Contains("\r\nIn-Reply-To: <m@elsewhere.test>\r\n", text);
        Assert.Contains("\r\nReferences: <m@elsewhere.test>\r\n", text);
        Assert.Contains("Content-Type: text/plain; charset=utf-8\r\n", text);
    }

    [Fact]
    public async Task What_cannot_be_stored_is_not_answered_until_it_is()
    {
        string both = Message.Replace("To: anna@example.test", "To: anna@example.test, full@example.test", StringComparison.Ordinal);
        Account full = await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("full", Vacation);
        await Mail.SetFilterAsync("anna", Vacation);
        Assert.NotNull((await _bench.DeliverAsync(both, "full")).Recipients[0]);
        Assert.Empty(await LettersAsync());
        await _bench.DeliverAsync(both, "anna", "full");
        IReadOnlyList<(QueueEntry Entry, string Text)> letters = [.. (await LettersAsync()).Where(letter => letter.Entry.Sender is null)];
        Assert.Contains("From: anna", Assert.Single(letters).Text);
        await Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        Assert.Null((await _bench.DeliverAsync(both, "full")).Recipients[0]);
        Assert.Contains(await LettersAsync(), letter => letter.Entry.Sender is null && letter.Text.Contains("From: full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_sender_gets_one_reply_in_the_interval()
    {
        await Mail.SetFilterAsync("anna", Vacation);
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.QueueAsync());
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"], from: "other@elsewhere.test"));
        Assert.Equal(2, (await Mail.QueueAsync()).Count);
        _bench.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(3, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task Another_answer_and_another_owner_count_apart()
    {
        await Mail.SetFilterAsync("anna", Vacation);
        await _bench.DeliverAsync(Message, "anna");
        await Mail.SetFilterAsync("anna", "require \"vacation\"; vacation \"Something else.\";");
        await _bench.DeliverAsync(Message, "anna");
        await Mail.SetFilterAsync("bob", Vacation);
        await _bench.DeliverAsync(Message.Replace("anna", "bob", StringComparison.Ordinal), "bob");
        Assert.Equal(3, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task Seconds_0_answers_each_message()
    {
        await Mail.SetFilterAsync("anna", "require \"vacation-seconds\"; vacation :seconds 0 \"Got it.\";");
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(2, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task Mail_to_an_alias_is_the_owners()
    {
        await Mail.AddAliasAsync("sales", "anna");
        await Mail.SetFilterAsync("anna", Vacation);
        await _bench.DeliverAsync(Message.Replace("To: anna", "To: sales", StringComparison.Ordinal), "anna");
        Assert.Single(await Mail.QueueAsync());
    }

    [Theory]
    [InlineData("List-Id: <l.elsewhere.test>\r\n", "sender@elsewhere.test")]
    [InlineData("", null)]
    [InlineData("", "owner-list@elsewhere.test")]
    public async Task No_reply_and_the_trace_says_why(string field, string? from)
    {
        await Mail.SetFilterAsync("anna", Vacation);
        DeliveryRequest request = _bench.Request(field + Message, ["anna"], from: from);
        await _bench.DeliverAsync(request);
        Assert.Empty(await Mail.QueueAsync());
        Assert.Contains(request.Trace.Entries, entry => entry is { Role: "vacation", Decision: "no reply" });
    }

    [Fact]
    public async Task A_sender_out_of_reach_gets_none()
    {
        _bench.Options = _bench.Options with { CanSendElsewhere = false };
        await Mail.SetFilterAsync("anna", Vacation);
        await _bench.DeliverAsync(Message, "anna");
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_reply_is_not_used_up_by_a_message_that_is_not_taken()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("anna", "require [\"vacation\"]; vacation \"Away.\"; redirect \"full@example.test\";");
        Assert.NotNull((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        await Mail.SetFilterAsync("anna", "require [\"vacation\"]; vacation \"Away.\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.NotEmpty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_foreign_author_is_passed_over_and_an_alias_is_not()
    {
        await Mail.AddAliasAsync("sales", "anna");
        await Mail.SetFilterAsync("anna", "require \"vacation\"; vacation :from \"Sales <sales@example.test>\" \"a\";");
        await _bench.DeliverAsync(Message, "anna");
        await Mail.SetFilterAsync("anna", "require \"vacation\"; vacation :from \"boss@elsewhere.test\" \"b\";");
        await _bench.DeliverAsync(Message, "anna");
        IReadOnlyList<(QueueEntry Entry, string Text)> letters = await LettersAsync();
        Assert.Contains("sales@example.test", letters[0].Text);
        Assert.DoesNotContain("boss@elsewhere.test", letters[1].Text);
    }

    [Fact]
    public async Task A_MIME_answer_cannot_bring_fields_of_its_own()
    {
        await Mail.SetFilterAsync("anna", "require \"vacation\"; vacation :mime text:\nContent-Type: text/html; charset=utf-8\nBcc: all@example.test\n\n<p>Süden</p>\n.\n;");
        await _bench.DeliverAsync(Message, "anna");
        string text = Assert.Single(await LettersAsync()).Text;
        Assert.Contains("MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>", text);
        Assert.DoesNotContain("Bcc", text);
    }

    [Fact]
    public async Task A_refusal_of_the_only_recipient_is_the_reply()
    {
        await Mail.SetFilterAsync("anna", Ereject);
        Assert.Equal("550 5.7.1 No thank you.", (await _bench.DeliverAsync(Message, "anna")).Recipients[0]!.ToString());
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_refusal_of_all_recipients_is_the_reply()
    {
        await Mail.SetFilterAsync("anna", Ereject);
        await Mail.SetFilterAsync("bob", "require \"reject\"; reject \"Neither do I.\";");
        Assert.All((await _bench.DeliverAsync(Message, "anna", "bob")).Recipients, reply => Assert.Equal(550, reply!.Code));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_refusal_of_one_of_two_is_reported_and_the_other_served()
    {
        await Mail.SetFilterAsync("anna", Ereject);
        Assert.All((await _bench.DeliverAsync(Message, "anna", "bob")).Recipients, Assert.Null);
        Assert.Single(await Mail.ReadAsync("bob"));
        (QueueEntry entry, string text) = Assert.Single(await LettersAsync());
        Assert.Null(entry.Sender);
        Assert.Equal("sender@elsewhere.test", Assert.Single(entry.Recipients).ToString());
        Assert.Contains("report-type=delivery-status", text);
        Assert.Contains("No thank you.", text);
        Assert.Contains("Action: failed", text);
        Assert.Contains("Status: 5.7.1", text);
        Assert.Contains("Subject: hello", text);
    }

    [Fact]
    public async Task Reject_reports_by_a_disposition_notification()
    {
        await Mail.SetFilterAsync("anna", "require \"reject\"; reject \"Für Sie nicht.\";");
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]); // a reply could not say it
        Assert.Empty(await Mail.ReadAsync("anna"));
        string text = Assert.Single(await LettersAsync()).Text;
        Assert.Contains("report-type=disposition-notification", text);
        Assert.Contains("Disposition: automatic-action/MDN-sent-automatically; deleted\r\n", text);
        Assert.Contains("Original-Message-ID: <m@elsewhere.test>\r\n", text);
        Assert.Contains("Final-Recipient: rfc822; anna@example.test\r\n", text);
    }

    [Fact]
    public async Task Ereject_says_in_ASCII_what_it_can()
    {
        await Mail.SetFilterAsync("anna", "require \"ereject\"; ereject \"Für Sie nicht.\";");
        Assert.Equal("550 5.7.1 The recipient's mail filter refuses this message", (await _bench.DeliverAsync(Message, "anna")).Recipients[0]!.ToString());
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData("sender@elsewhere.test", true, true)]
    [InlineData("sender@elsewhere.test", false, false)]
    public async Task Nobody_is_told_of_reports_spam_and_what_bears_his_name(string? from, bool isJunk, bool mayReport)
    {
        await Mail.SetFilterAsync("anna", Ereject);
        DeliveryRequest request = _bench.Request(Message, ["anna", "bob"], from: from, isJunk: isJunk) with { MayReport = mayReport };
        Assert.All((await _bench.DeliverAsync(request)).Recipients, Assert.Null);
        Assert.Empty(await Mail.QueueAsync());
        Assert.Contains(request.Trace.Entries, entry => entry is { Role: "ereject", Decision: "no report" });
    }

    [Fact]
    public async Task LMTP_answers_each_recipient()
    {
        await Mail.SetFilterAsync("anna", Ereject);
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["anna", "bob"], protocol: "lmtp"));
        Assert.Equal(550, outcome.Recipients[0]!.Code);
        Assert.Null(outcome.Recipients[1]);
        Assert.Empty(await Mail.QueueAsync());
    }

    [Theory]
    [InlineData(Ereject, "report-type=delivery-status")]
    [InlineData("require \"reject\"; reject \"No thank you.\";", "report-type=disposition-notification")]
    public async Task What_a_plugin_brings_in_is_refused_in_a_report_and_taken(string script, string report)
    {
        await Mail.SetFilterAsync("anna", script);
        DeliveryRequest request = _bench.Request(Message, ["anna"], key: "k", protocol: "plugin");
        Assert.Null((await _bench.DeliverAsync(request)).Recipients[0]); // a reply would be heard by the plugin alone
        Assert.Empty(await Mail.ReadAsync("anna"));
        (QueueEntry entry, string text) = Assert.Single(await LettersAsync());
        Assert.Equal("sender@elsewhere.test", Assert.Single(entry.Recipients).ToString());
        Assert.Contains(report, text);
        Assert.Contains("No thank you.", text);
        Assert.True((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], key: "k", protocol: "plugin"))).IsDuplicate);
        Assert.Single(await Mail.QueueAsync());
    }

    [Fact]
    public async Task What_a_plugin_brings_in_from_nobody_is_refused_without_a_report_and_taken()
    {
        await Mail.SetFilterAsync("anna", Ereject);
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], from: null, protocol: "plugin"))).Recipients[0]);
        Assert.Empty(await Mail.QueueAsync());
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_long_reason_is_a_reply_of_several_lines()
    {
        await Mail.SetFilterAsync("anna", $"require \"ereject\"; ereject \"first\r\n{new string('a', 900)}\";");
        string[] lines = (await _bench.DeliverAsync(Message, "anna")).Recipients[0]!.Text.Split('\n');
        Assert.Equal([5, 400, 400, 100], lines.Select(line => line.Length));
    }

    [Fact]
    public async Task A_refusal_with_a_full_mailbox_beside_it_loses_nothing()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("anna", Ereject);
        Assert.All((await _bench.DeliverAsync(Message, "anna", "full", "bob")).Recipients, Assert.Null);
        IReadOnlyList<QueueEntry> queue = await Mail.QueueAsync();
        Assert.Equal(["full@example.test", "sender@elsewhere.test"], queue.Select(entry => entry.Recipients.Single().ToString()).Order());
    }

    [Fact]
    public async Task The_owner_is_told_of_a_failing_filter_once_a_day()
    {
        await Mail.SetFilterAsync("anna", "require \"vacation\"; vacation \"a\"; vacation \"b\";");
        await _bench.DeliverAsync(Message, "anna");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(2, (await Mail.ReadAsync("anna")).Count);
        (QueueEntry entry, string text) = Assert.Single(await LettersAsync());
        Assert.Equal("anna@example.test", entry.Recipients.Single().ToString());
        Assert.Contains("failed at line 1", text);
        Assert.Contains("Auto-Submitted: auto-generated", text);
        _bench.Clock.Advance(TimeSpan.FromHours(25));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(2, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task A_notice_goes_to_all_its_recipients_in_the_owners_name()
    {
        await Mail.SetFilterAsync("anna", "require \"enotify\"; notify :importance \"1\" :message \"Mail!\" \"mailto:0123@sms.test,bob@example.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
        (QueueEntry entry, string text) = Assert.Single(await LettersAsync());
        Assert.Equal("anna@example.test", entry.Sender!.ToString());
        Assert.Equal(["0123@sms.test", "bob@example.test"], entry.Recipients.Select(to => to.ToString()));
        Assert.Contains("\r\nAuto-Submitted: auto-notified; owner-email=\"anna@example.test\"\r\n", text);
        Assert.Contains("\r\nSubject: Mail!\r\n", text);
        Assert.Contains("\r\nImportance: high\r\n", text);
    }

    [Fact]
    public async Task A_notice_about_a_report_has_the_null_sender()
    {
        await Mail.SetFilterAsync("anna", "require \"enotify\"; notify \"mailto:0123@sms.test\";");
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"], from: null));
        Assert.Null(Assert.Single(await Mail.QueueAsync()).Sender);
    }

    [Fact]
    public async Task Notices_are_so_many_in_an_hour()
    {
        await Mail.SetFilterAsync("anna", "require \"enotify\"; notify \"mailto:0123@sms.test\";");
        for (int i = 0; i < 65; i++)
        {
            await _bench.DeliverAsync(Message, "anna");
        }

        Assert.Equal(60, (await Mail.QueueAsync()).Count);
        _bench.Clock.Advance(TimeSpan.FromMinutes(61));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(61, (await Mail.QueueAsync()).Count);
    }

    [Fact]
    public async Task A_copy_of_a_reply_is_filed_where_fcc_says()
    {
        await Mail.SetFilterAsync("anna", "require [\"vacation\", \"fcc\", \"imap4flags\"]; vacation :fcc \"Sent\" :flags \"\\\\Seen\" \"Away.\";");
        await _bench.DeliverAsync(Message, "anna");
        string copy = Assert.Single(await Mail.ReadAsync("anna", "Sent"));
        Assert.Equal(copy, Assert.Single(await LettersAsync()).Text);
        Assert.Single(await Mail.ReadAsync("anna"));
    }
}
