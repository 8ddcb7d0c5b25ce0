using System.Text;
using PluginMail.Abstractions;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Recipients;
using PluginMail.Collector.Settings;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>For whom a message is, and what becomes of one that is not taken.</summary>
public sealed class IntakeTests
{
    [Theory]
    [InlineData("Delivered-To: anna@isp.example\r\nTo: bob@isp.example", "anna@example.org")]
    [InlineData("Delivered-To: box@elsewhere.example\r\nX-Original-To: bob@isp.example", "bob@example.org")]
    [InlineData("Envelope-To: Anna <anna@isp.example>, bob@isp.example, x@other.example", "anna@example.org,bob@example.org")] // Exim: one copy for both
    [InlineData("X-Original-To: bob@isp.example\r\nDelivered-To: box@isp.example", "box@example.org|bob@example.org")] // Postfix with one box for a domain
    [InlineData("Delivered-To: anna@isp.example\r\nDelivered-To: list@isp.example\r\nX-Original-To: anna@isp.example", "anna@example.org|list@example.org")]
    [InlineData("Received: from a by b for <bob@isp.example>; today\r\nReceived: from c by a for <anna@isp.example>; today", "bob@example.org|anna@example.org")]
    [InlineData("Received: from a by b with SMTP id 1\r\n for <anna@isp.example>; today\r\nTo: bob@isp.example", "anna@example.org")]
    [InlineData("To: \"Bob, b@isp.example\" <bob@isp.example>, x@other.example\r\nCc: (c@isp.example) anna@isp.example", "bob@example.org,anna@example.org")]
    [InlineData("To: friends: bob@isp.example, anna@isp.example;", "bob@example.org,anna@example.org")]
    [InlineData("To: sales@isp.example", "dora@example.org")]
    [InlineData("To: x@other.example", "rest@example.org")]
    [InlineData("Subject: nobody", "rest@example.org")]
    [InlineData("Delivered-To: anna@isp.example\r\nReceived: by b; today\r\nDelivered-To: bob@isp.example", "anna@example.org")]
    [InlineData("Received: by b; today\r\nDelivered-To: bob@isp.example\r\nTo: anna@isp.example", "anna@example.org")]
    [InlineData("Received: by b; today\r\nReceived: by a; today\r\nEnvelope-To: bob@isp.example\r\nX-Original-To: bob@isp.example", "rest@example.org")]
    [InlineData("Received: by b; today\r\nEnvelope-To: bob@isp.example\r\nTo: anna@isp.example", "bob@example.org", true)]
    [InlineData("Subject: x\nTo: anna@isp.example\n\nDelivered-To: bob@isp.example\n\n", "anna@example.org")]
    [InlineData("Subject: x\nTo: anna@isp.example\n\nDelivered-To: bob@isp.example\r\n\r\n", "anna@example.org")]
    public void The_first_field_that_tells_decides(string header, string expected, bool anywhere = false)
    {
        var settings = new RecipientSettings(
            null,
            RecipientField.Usual,
            [new AddressRule(null, "isp.example", "example.org"), new AddressRule("sales", "isp.example", "dora@example.org")],
            new EmailAddress("rest", "example.org"))
        {
            DetectsAnywhere = anywhere,
        };
        var found = RecipientDetection.Detect(HeaderFields.Parse(Encoding.Latin1.GetBytes(header + "\r\n\r\n")), settings);
        Assert.Equal((expected + "|rest@example.org").Replace("rest@example.org|rest", "rest", StringComparison.Ordinal), string.Join('|', found.Select(choice => string.Join(',', choice))));
    }

    [Theory]
    [InlineData(50, 100)]
    [InlineData(51, 101)]
    [InlineData(400, 101)]
    public void Beyond_a_hundred_of_to_and_cc_the_default_stands_for_the_rest(int each, int expected)
    {
        string Field(string name) => $"{name}: {string.Join(", ", Enumerable.Range(0, each).Select(i => $"{name}{i}@isp.example"))}\r\n";
        var found = RecipientDetection.Detect(HeaderFields.Parse(Encoding.Latin1.GetBytes(Field("To") + Field("Cc") + "\r\n")), ManyRecipients);
        Assert.Equal(expected, found[0].Length);
        Assert.Equal(expected > 100, found[0].Contains(new EmailAddress("rest", "example.org")));
    }

    [Fact]
    public async Task What_is_for_one_who_is_unknown_goes_to_the_default()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        server.Add(1, "m1", "Delivered-To: gone@isp.example\r\n");
        bench.Mail.Refusal = recipient => recipient == "gone@isp.example" ? Unknown : null;
        await bench.CollectAsync(Multi(server));
        Assert.Equal("rest@example.org", Assert.Single(bench.Mail.Letters).Recipient);
    }

    [Theory]
    [InlineData("Delivered-To: catchall@isp.example\r\nX-Original-To: anna@isp.example\r\n", "anna@isp.example")]
    [InlineData("Delivered-To: catchall@isp.example\r\nTo: anna@isp.example\r\n", "rest@example.org")] // a Bcc's copy: To says nothing of it
    [InlineData("Envelope-To: anna@isp.example, catchall@isp.example\r\n", "anna@isp.example,rest@example.org")]
    [InlineData("To: catchall@isp.example, bob@isp.example\r\nCc: anna@isp.example\r\n", "bob@isp.example,anna@isp.example,rest@example.org")]
    public async Task Where_nobody_of_a_field_is_known_the_next_one_that_the_server_wrote_tells(string header, string expected)
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        server.Add(1, "m1", header);
        bench.Mail.Refusal = recipient => recipient == "catchall@isp.example" ? Unknown : null;
        await bench.CollectAsync(Multi(server));
        Assert.Equal(expected, string.Join(',', bench.Mail.Letters.Select(letter => letter.Recipient)));
    }

    [Theory]
    [InlineData(552, 5, 2, 2, "the mailbox is full")]
    [InlineData(452, 4, 2, 2, "the mailbox is full")]
    [InlineData(552, 5, 3, 4, "larger than its domain takes")]
    [InlineData(550, 5, 7, 1, "takes no mail from you")]
    [InlineData(550, 5, 2, 1, "gone just now")]
    public async Task What_is_refused_for_one_who_is_known_waits_for_him_and_is_nobody_elses(int code, byte first, ushort second, ushort third, string text)
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        var account = Multi(server) with { Mode = CollectMode.Move };
        server.Add(1, "m1", "Delivered-To: anna@isp.example\r\nX-Original-To: bob@isp.example\r\n");
        server.Add(2, "m2", "Delivered-To: bob@isp.example\r\n");
        bench.Mail.Refusal = recipient => recipient == "anna@isp.example" ? new SmtpReply(code, new EnhancedStatusCode(first, second, third), text) : null;
        var (_, error) = await bench.VisitAsync(account);
        Assert.Contains($"<anna@isp.example>: \"{code} {first}.{second}.{third} {text}\"", error, StringComparison.Ordinal);
        Assert.Equal([("bob@isp.example", "m2")], bench.Mail.Letters.Select(letter => (letter.Recipient, letter.Field("Subject"))));
        Assert.Equal([1u], server.Messages.Keys);
        bench.Mail.Refusal = null;
        bench.Clock.Forward = TimeSpan.FromDays(1.1);
        await bench.CollectAsync(account);
        Assert.Equal(["bob@isp.example", "anna@isp.example"], bench.Mail.Letters.Select(letter => letter.Recipient));
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_full_mailbox_of_many_keeps_no_others_mail_back(bool isForOne)
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        for (uint id = 1; id <= 60; id++)
        {
            server.Add(id, $"m{id}", "Delivered-To: anna@isp.example\r\n");
        }

        server.Add(61, "last", "Delivered-To: bob@isp.example\r\n");
        bench.Mail.Refusal = recipient => recipient.StartsWith("anna", StringComparison.Ordinal) ? new SmtpReply(552, new EnhancedStatusCode(5, 2, 2), "full") : null;
        var (_, error) = await bench.VisitAsync(isForOne ? CollectorBench.Account(RemoteProtocol.Pop3, server.Port) : Multi(server));
        Assert.Equal(isForOne, error!.StartsWith("20 messages one after another could not be taken: it is refused for <anna", StringComparison.Ordinal)); // all are his
        Assert.Equal(isForOne ? [] : ["last"], bench.Mail.Subjects);
    }

    [Fact]
    public async Task What_is_held_for_a_person_is_here()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        bench.Mail.Answer = _ => SubmissionResult.Held;
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move });
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("X-Envelope-To: mbox-anna@isp.example\r\nTo: bob@isp.example", "anna@isp.example")]
    [InlineData("x-envelope-to: <anna@isp.example>, MBOX-bob@isp.example", "anna@isp.example,bob@isp.example")] // one copy for both
    [InlineData("Delivered-To: mbox-anna@isp.example", "anna@isp.example")]
    [InlineData("Delivered-To: mbox-@isp.example", "mbox-@isp.example")]
    [InlineData("To: mbox-anna@isp.example", "mbox-anna@isp.example")] // what people write is theirs
    [InlineData("Received: by b; today\r\nX-Envelope-To: anna@isp.example", "rest@example.org")]
    [InlineData("X-RCPT-To: anna@isp.example", "rest@example.org")] // is not asked
    public void Any_field_may_tell_and_a_prefix_is_taken_off(string header, string expected)
    {
        Assert.True(RecipientField.TryParse("X-Envelope-To", out var field));
        var settings = ManyRecipients with { Detect = [field, .. RecipientField.Usual], Prefix = "mbox-" };
        var found = RecipientDetection.Detect(HeaderFields.Parse(Encoding.Latin1.GetBytes(header + "\r\n\r\n")), settings);
        Assert.Equal(expected, string.Join(',', found[0]));
    }

    [Fact]
    public async Task What_comes_back_is_left_there()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move };
        server.Add(1, "m1");
        await bench.CollectAsync(account);
        server.Messages[2] = Assert.Single(bench.Mail.Letters).Text;
        server.Messages[3] = "X-Collected: work; 00112233445566778899aabbccddeeff\r\n" + server.Messages[2].Replace("X-Collected", "X-Other", StringComparison.Ordinal);
        await bench.CollectAsync(account);
        Assert.Equal(2, bench.Mail.Letters.Count); // a mark that was made up is none
        Assert.Equal([2u], server.Messages.Keys);
    }

    [Theory]
    [InlineData(SubmissionResult.Failed)]
    [InlineData(SubmissionResult.Refused)]
    [InlineData(SubmissionResult.TooLarge)]
    public async Task What_is_not_taken_stays_there_and_is_tried_later_and_later(SubmissionResult result)
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move };
        server.Add(1, "m1");
        bench.Mail.Answer = _ => result;
        Assert.NotNull((await bench.VisitAsync(account)).Error);
        await bench.VisitAsync(account);
        Assert.Equal(1, bench.Mail.Tries);
        bench.Clock.Forward = TimeSpan.FromDays(1.1);
        await bench.VisitAsync(account);
        Assert.Equal(2, bench.Mail.Tries);
        bench.Mail.Answer = null;
        bench.Clock.Forward = TimeSpan.FromDays(4);
        await bench.CollectAsync(account);
        Assert.Equal(["m1"], bench.Mail.Subjects);
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("Return-Path: <s@example.net>\r\n", "", 1)]
    [InlineData("Received: by b; today\r\n folded\r\n", "Return-Path: <s@example.net>\r\n", 1)]
    [InlineData("Received: by b; today\r\nReturn-Path:\r\n <s@example.net>\r\n", "Return-Path: <t@example.net>\r\n", 1)]
    [InlineData("Received: by b; today\r\n", "Return-Path: <s@example.net>\r\n", 400_000)]
    public async Task The_first_return_path_gives_the_sender_and_is_taken_off(string above, string below, int length)
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        server.Add(1, "m1", above + below);
        server.Messages[1] += string.Concat(Enumerable.Repeat("text\r\n", length / 6));
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port));
        var letter = Assert.Single(bench.Mail.Letters);
        Assert.Equal("s@example.net", letter.Sender);
        string taken = above.Contains("Return-Path", StringComparison.Ordinal) ? above[above.IndexOf("Return-Path", StringComparison.Ordinal)..] : below;
        int at = server.Messages[1].IndexOf(taken, StringComparison.Ordinal);
        Assert.Equal(server.Messages[1].Remove(at, taken.Length), letter.Original);
    }

    [Fact]
    public async Task Copies_stay_there_their_time_from_when_they_were_taken()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { DeleteAfter = TimeSpan.FromDays(7) };
        server.Add(1, "m1");
        bench.Mail.Answer = _ => SubmissionResult.Failed;
        await bench.VisitAsync(account);
        bench.Mail.Answer = null;
        bench.Clock.Forward = TimeSpan.FromDays(8);
        await bench.CollectAsync(account);
        Assert.Equal(["m1"], bench.Mail.Subjects);
        Assert.Single(server.Messages);
        bench.Clock.Forward = TimeSpan.FromDays(14);
        await bench.CollectAsync(account);
        Assert.Single(server.Messages);
        bench.Clock.Forward = TimeSpan.FromDays(15.1);
        await bench.CollectAsync(account);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task A_message_larger_than_maximum_size_is_not_fetched()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        server.Add(1, "m1", $"X-Long: {new string('x', 900)}\r\n");
        server.Add(2, "m2");
        var (count, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { MaximumSize = 500 });
        Assert.Equal(1, count.Collected);
        Assert.Equal(["m2"], bench.Mail.Subjects);
        Assert.Contains("more than maximum_size", error, StringComparison.Ordinal);
        Assert.DoesNotContain("RETR 1", server.Commands);
    }

    [Fact]
    public async Task A_uidl_that_is_used_again_hides_no_message()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Mode = CollectMode.Move };
        server.Add(1, "m1");
        await bench.CollectAsync(account);
        server.Add(1, "m2");
        await bench.CollectAsync(account);
        Assert.Equal(["m1", "m2"], bench.Mail.Subjects);
    }

    [Fact]
    public async Task A_uid_that_is_used_again_hides_no_message()
    {
        await using var server = new FakeImap();
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Mode = CollectMode.Move };
        server.Add(1, "m1");
        await bench.CollectAsync(account);
        server.Add(1, "m2"); // the box was emptied, and has the UIDVALIDITY that it had
        await bench.CollectAsync(account);
        Assert.Equal(["m1", "m2"], bench.Mail.Subjects);
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData("TOP\r\nUSER")]
    [InlineData("UIDL\r\nUSER")]
    public async Task Servers_without_uidl_or_pipelining_do(string capabilities)
    {
        await using var server = new FakePop3 { Capabilities = capabilities };
        using var bench = new CollectorBench();
        var account = CollectorBench.Account(RemoteProtocol.Pop3, server.Port);
        server.Add(1, "m1");
        server.Add(2, "m2");
        await bench.CollectAsync(account);
        await bench.CollectAsync(account);
        Assert.Equal(["m1", "m2"], bench.Mail.Subjects.Order());
        Assert.Equal(2, bench.Mail.Tries);
    }

    [Fact]
    public async Task Without_uidplus_only_what_is_ours_is_expunged()
    {
        await using var server = new FakeImap { Capabilities = "IMAP4rev1" };
        using var bench = new CollectorBench();
        server.Add(1, "m1");
        await bench.CollectAsync(CollectorBench.Account(RemoteProtocol.Imap, server.Port) with { Mode = CollectMode.Move });
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task No_password_goes_over_plain_text_unless_told()
    {
        await using var server = new FakePop3();
        using var bench = new CollectorBench();
        var (_, error) = await bench.VisitAsync(CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { AllowsPlainText = false });
        Assert.StartsWith("no TLS", error, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("USER", StringComparison.Ordinal));
    }

    private static SmtpReply Unknown { get; } = new(550, new EnhancedStatusCode(5, 1, 1), "no such mailbox here");

    private static RecipientSettings ManyRecipients => new(
        null,
        RecipientField.Usual,
        [new AddressRule(null, "isp.example", "isp.example")],
        new EmailAddress("rest", "example.org"));

    private static AccountSettings Multi(FakeServer server) =>
        CollectorBench.Account(RemoteProtocol.Pop3, server.Port) with { Recipients = ManyRecipients };
}
