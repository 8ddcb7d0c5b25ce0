using System.Collections.Immutable;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>What milters are told besides addresses: parameters, unknown commands, refused recipients, DATA; and what they may answer there.</summary>
public sealed class MilterSessionTests
{
    private const uint Skips = 0x400;
    private const uint WantsRefused = 0x800;
    private const string Message = "Subject: x\r\n\r\nbody\r\n";
    private static readonly SmtpReply Unknown = new(550, new EnhancedStatusCode(5, 1, 1), "No such\nmailbox");

    [Fact]
    public async Task Parameters_are_further_strings_of_MAIL_and_RCPT()
    {
        await using var milter = new FakeMilter(
            macros: $"{FakeMilter.Number(2)}i {{dsn_ret}} {{dsn_envid}} {{msg_size}} {{auth_ssf}} {{verify}}\0{FakeMilter.Number(3)}i {{dsn_notify}} {{nrcpts}}\0{FakeMilter.Number(5)}i {{nrcpts}} {{msg_id}}\0");
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins) { TransactionId = "t1", IsEncrypted = true, Authenticated = new EmailAddress("a", "example.org") };
        await talk.ConnectAsync();
        await talk.GreetAsync();
        await talk.SenderAsync("a@example.org", new("SIZE", "1000"), new("body", "8BITMIME"), new("SMTPUTF8", null), new("RET", "HDRS"), new("ENVID", "Q+2B"));
        await talk.RecipientAsync("b@example.test", new EsmtpParameter("NOTIFY", "SUCCESS,DELAY"), new EsmtpParameter("ORCPT", "rfc822;b@c.example"));
        await talk.RecipientAsync("c@example.test");
        await talk.MessageAsync("Message-ID: <1@example.org>\r\n\r\nbody\r\n");
        Assert.Equal(
            ["M<a@example.org>|SIZE=1000|body=8BITMIME|SMTPUTF8|RET=HDRS|ENVID=Q+2B|", "R<b@example.test>|NOTIFY=SUCCESS,DELAY|ORCPT=rfc822;b@c.example|", "R<c@example.test>|"],
            milter.Heard.Where(heard => heard[0] is 'M' or 'R'));
        string macros = string.Join('\n', milter.Macros);
        Assert.Contains("M:i|t1|{dsn_ret}|HDRS|{dsn_envid}|Q+2B|{msg_size}|1000|{auth_ssf}|0|{verify}|NOT|", macros, StringComparison.Ordinal);
        Assert.Contains("R:i|t1|{dsn_notify}|SUCCESS,DELAY|{nrcpts}|0|\nR:i|t1|{nrcpts}|1|", macros, StringComparison.Ordinal);
        Assert.Contains("{nrcpts}|1|{msg_id}|<1@example.org>|", macros, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_milter_did_not_hear_it_is_told_with_what_the_envelope_knows()
    {
        await using var milter = new FakeMilter();
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        var to = TemporaryStore.Address("b@example.test");
        var envelope = new Envelope(null, [to])
        {
            RequiresTls = true,
            Dsn = new DsnParameters(
                "Q1", DsnReturn.Full, ImmutableDictionary<EmailAddress, RecipientDsn>.Empty.Add(to, new RecipientDsn(DsnNotify.Success | DsnNotify.Failure, "rfc822;c@c.example"))),
        };
        await talk.MessageAsync(new FakeMessage(new MemoryContent(Encoding.Latin1.GetBytes(Message)), []) { Envelope = envelope });
        Assert.Equal(
            ["M<>|RET=FULL|ENVID=Q1|REQUIRETLS|", "R<b@example.test>|NOTIFY=SUCCESS,FAILURE|ORCPT=rfc822;c@c.example|"], milter.Heard.Where(heard => heard[0] is 'M' or 'R'));
    }

    [Theory]
    [InlineData("c", "")]
    [InlineData("a", "")]
    [InlineData("r", "550 5.7.1 Command rejected")]
    [InlineData("t", "451 4.7.1 Service unavailable - try again later")]
    [InlineData("y502 5.5.9 No %%|", "502 5.5.9 No %")]
    [InlineData("4", "421 4.7.0 Server closing connection")]
    public async Task An_unknown_command_is_told_and_may_be_answered(string answer, string reply)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == 'U' ? answer : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.ConnectAsync();
        Assert.Equal(reply, await talk.UnknownAsync("XYZZY some thing"));
        Assert.Equal("UXYZZY some thing|", milter.Heard.Last());
        if (answer != "4")
        {
            Assert.Equal(["", "", ""], [await talk.GreetAsync(), await talk.SenderAsync(), await talk.RecipientAsync()]);
            Assert.True((await talk.MessageAsync()).IsPlainPass);
            Assert.Equal("CUHMRTLNBE", milter.Commands);
        }
    }

    [Theory]
    [InlineData(6, 0x100u, "CM")]
    [InlineData(2, 0u, "CM")]
    [InlineData(3, 0u, "CUM")]
    [InlineData(6, 0x20000u, "CUM")]
    public async Task An_unknown_command_is_told_to_those_that_know_the_step(uint version, uint steps, string commands)
    {
        await using var milter = new FakeMilter(version, actions: 0x1f, steps) { Answers = heard => [heard[0] == 'U' ? "r" : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.ConnectAsync();
        Assert.Equal(steps == 0 && version == 3 ? "550 5.7.1 Command rejected" : "", await talk.UnknownAsync("XYZZY"));
        Assert.Equal("", await talk.SenderAsync());
        Assert.Equal(commands, milter.Commands);
    }

    [Fact]
    public async Task An_unknown_command_connects_to_nobody_and_a_milter_that_is_down_says_nothing_to_it()
    {
        await using var milter = new FakeMilter();
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal("", await talk.UnknownAsync("XYZZY"));
        Assert.Equal(0, milter.Connections);
        await using var down = await ListBench.StartAsync("milter", MilterTests.Table("inet:127.0.0.1:1"));
        await using var other = new MilterTalk(down.Plugins);
        Assert.StartsWith("451", await other.ConnectAsync(), StringComparison.Ordinal);
        Assert.Equal("", await other.UnknownAsync("XYZZY"));
    }

    [Theory]
    [InlineData("c", "CHMRRTLNBE", "Pass")]
    [InlineData("r", "CHMRRTLNBE", "Pass")]
    [InlineData("a", "CHMRA", "Pass")]
    [InlineData("d", "CHMRA", "Pass")]
    public async Task A_refused_recipient_is_told_to_those_that_want_it(string answer, string commands, string decision)
    {
        await using var milter = new FakeMilter(steps: WantsRefused) { Answers = heard => [heard.StartsWith("R<nobody", StringComparison.Ordinal) ? answer : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using (var talk = new MilterTalk(bench.Plugins))
        {
            await talk.ConnectAsync();
            await talk.GreetAsync();
            await talk.SenderAsync();
            await talk.RefusedAsync(Unknown);
            Assert.Equal("", await talk.RecipientAsync());
            Assert.Equal(decision, (await talk.MessageAsync()).Decision.GetType().Name);
        }

        await MilterTests.HeardAsync(milter, "Q");
        Assert.Equal(commands, milter.Commands.TrimEnd('Q'));
        Assert.Contains("R:{rcpt_addr}|No such mailbox|{rcpt_host}|5.1.1|{rcpt_mailer}|error|", milter.Macros);
    }

    [Fact]
    public async Task A_refused_recipient_is_not_told_to_others_nor_where_the_sender_was_refused()
    {
        await using var deaf = new FakeMilter();
        await using var stern = new FakeMilter(steps: WantsRefused) { Answers = heard => [heard[0] == 'M' ? "r" : "c"] };
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table(deaf.Address) + MilterTests.Table(stern.Address, "name = \"stern\""));
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.ConnectAsync();
        await talk.GreetAsync();
        Assert.StartsWith("550", await talk.SenderAsync(), StringComparison.Ordinal);
        await talk.RefusedAsync(Unknown);
        Assert.Equal(("CHM", "CHM"), (deaf.Commands, stern.Commands));
    }

    [Fact]
    public async Task A_refused_recipient_of_a_sender_it_has_not_heard_of_is_told_with_the_sender()
    {
        await using var milter = new FakeMilter(steps: WantsRefused);
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins) { TransactionId = "t0" };
        await talk.ConnectAsync();
        await talk.GreetAsync();
        await talk.SenderAsync("old@example.org");
        talk.TransactionId = "t2"; // RSET, and a sender that the server's own policy refused
        await talk.RefusedAsync(Unknown);
        Assert.Equal("CHMAMR", milter.Commands);
    }

    [Theory]
    [InlineData("c", "", "CHMRTLNBE")]
    [InlineData("t", "451 4.7.1 Service unavailable - try again later", "CHMRT")]
    [InlineData("d", "", "CHMRTA")]
    public async Task DATA_is_told_when_the_client_says_it_and_once(string answer, string reply, string commands)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == 'T' ? answer : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal(["", "", "", ""], [await talk.ConnectAsync(), await talk.GreetAsync(), await talk.SenderAsync(), await talk.RecipientAsync()]);
        Assert.Equal(reply, await talk.DataAsync());
        Assert.Equal("CHMRT", milter.Commands);
        if (reply.Length == 0)
        {
            Assert.Equal(answer == "d" ? "Discard" : "Pass", (await talk.MessageAsync()).Decision.GetType().Name);
        }

        Assert.Equal("", await talk.SenderAsync());
        Assert.StartsWith(commands, milter.Commands, StringComparison.Ordinal);
        Assert.Equal(1, milter.Commands.Count(command => command == 'T'));
    }

    [Fact]
    public async Task A_message_of_another_transaction_than_the_one_it_heard_of_is_told_from_its_sender_on()
    {
        await using var milter = new FakeMilter();
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins) { TransactionId = "t0" };
        Assert.Equal(["", "", "", ""], [await talk.ConnectAsync(), await talk.GreetAsync(), await talk.SenderAsync(), await talk.RecipientAsync()]);
        Assert.True((await talk.MessageAsync()).IsPlainPass); // its own id is t1
        Assert.Equal("CHMRAMRTLNBE", milter.Commands);
    }

    [Fact]
    public async Task A_milter_that_has_enough_of_recipients_hears_of_no_more_in_this_message()
    {
        await using var milter = new FakeMilter(steps: Skips) { Answers = heard => [heard[0] == 'R' ? "s" : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.SendAsync();
        Assert.Equal(["", "", ""], [await talk.SenderAsync(), await talk.RecipientAsync(), await talk.RecipientAsync("c@example.test")]);
        await talk.MessageAsync();
        Assert.Equal("CHMRTLNBEMRTLNBE", milter.Commands);
    }

    [Fact]
    public async Task A_quarantine_before_the_end_of_the_message_holds_it_and_no_other()
    {
        int asked = 0;
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'R' && asked++ == 0 ? ["p", "qodd one|", "c"] : ["c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal("milter fake: odd one", Assert.IsType<Decision.Hold>((await talk.SendAsync()).Decision).Reason);
        Assert.Equal(["", ""], [await talk.SenderAsync(), await talk.RecipientAsync()]);
        Assert.True((await talk.MessageAsync()).IsPlainPass);
    }

    [Fact]
    public async Task A_quarantine_holds_the_message_also_where_the_milter_accepts_it_at_once()
    {
        int asked = 0;
        await using var milter = new FakeMilter { Answers = heard => heard[0] != 'R' ? ["c"] : asked++ == 0 ? ["qodd one|", "a"] : ["a"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal("milter fake: odd one", Assert.IsType<Decision.Hold>((await talk.SendAsync()).Decision).Reason);
        Assert.Equal(["", ""], [await talk.SenderAsync(), await talk.RecipientAsync()]);
        Assert.True((await talk.MessageAsync()).IsPlainPass);
    }

    [Fact]
    public async Task A_sender_that_is_refused_when_it_is_made_up_for_is_refused_for_each_recipient()
    {
        int asked = 0;
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == 'M' && asked++ == 0 ? "r" : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal(["", ""], [await talk.ConnectAsync(), await talk.GreetAsync()]);
        Assert.StartsWith("550 5.7.1", await talk.RecipientAsync(), StringComparison.Ordinal); // another plugin spared it MAIL
        Assert.StartsWith("550 5.7.1", await talk.RecipientAsync("c@example.test"), StringComparison.Ordinal);
        Assert.Equal("CHM", milter.Commands);
        Assert.Equal(["", ""], [await talk.SenderAsync(), await talk.RecipientAsync()]);
    }

    [Fact]
    public async Task Recipients_that_the_milter_refused_do_not_count()
    {
        await using var milter = new FakeMilter(macros: $"{FakeMilter.Number(3)}{{nrcpts}}\0")
        {
            Answers = heard => [heard.StartsWith("R<no", StringComparison.Ordinal) ? "r" : "c"],
        };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.ConnectAsync();
        await talk.GreetAsync();
        await talk.SenderAsync();
        foreach (string recipient in new[] { "no@example.test", "b@example.test", "no@example.test", "c@example.test" })
        {
            await talk.RecipientAsync(recipient);
        }

        Assert.Equal(["0", "0", "1", "1"], milter.Macros.Where(macro => macro[0] == 'R').Select(macro => macro.Split('|')[1]));
    }

    [Theory]
    [InlineData('C')]
    [InlineData('H')]
    public async Task A_connection_cannot_be_discarded(char command)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == command ? "d" : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.SendAsync()).IsPlainPass);
        Assert.Equal("CHMRTLNBE", milter.Commands);
    }

    [Fact]
    public async Task A_negotiation_may_say_more_than_is_known()
    {
        await using var milter = new FakeMilter(
            actions: 0, steps: 0xf0000000, macros: $"{FakeMilter.Number(9)}x y\0{FakeMilter.Number(5)}{{nrcpts}}\0");
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.SendAsync()).IsPlainPass);
        Assert.Contains("E:{nrcpts}|1|", milter.Macros);
    }

    [Fact]
    public async Task The_first_space_of_a_field_is_not_told_and_a_tab_is()
    {
        await using var milter = new FakeMilter();
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.SendAsync("A:  1\r\nB:\t2\r\nC:3\r\n\r\nbody");
        Assert.Equal(["LA| 1|", "LB|\t2|", "LC|3|"], milter.Heard.Where(heard => heard[0] == 'L'));
    }
}
