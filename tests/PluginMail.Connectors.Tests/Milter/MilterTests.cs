using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>The Milter plugin, loaded as the server loads it, against a milter of which each answer is written down.</summary>
public sealed class MilterTests
{
    private const string Rejected = "550 5.7.1 Command rejected";
    private const string Deferred = "451 4.7.1 Service unavailable - try again later";
    private const string Closing = "421 4.7.0 Server closing connection";

    [Fact]
    public async Task A_message_is_told_step_by_step()
    {
        await using var milter = new FakeMilter();
        await using var bench = await StartAsync(milter);
        await using (var talk = new MilterTalk(bench.Plugins) { Authenticated = new EmailAddress("a", "example.org"), IsEncrypted = true })
        {
            Assert.True((await talk.SendAsync("Received: by here id t1; now\r\nSubject:  folded\r\n\tvalue\r\nX: y\r\n\r\nbody\r\n.\r\n")).IsPlainPass);
        }

        await HeardAsync(milter, "Q");
        Assert.Equal(
            [
                "C[192.0.2.7]|4\u009c@192.0.2.7|", "Hclient.example.org|", "M<a@example.org>|", "R<b@example.test>|", "T", "LSubject| folded\n\tvalue|", "LX|y|",
                "N", "Bbody\r\n.\r\n", "E", "Q",
            ],
            milter.Heard);
        string macros = string.Join('\n', milter.Macros);
        Assert.Contains("C:j|mx.example.test|{daemon_name}|mx.example.test|{daemon_addr}|198.51.100.1|{daemon_port}|25|v|PluginMail|_|unknown [192.0.2.7]|{client_addr}|192.0.2.7|{client_name}|unknown|{client_port}|40000|", macros, StringComparison.Ordinal);
        Assert.Contains("H:{tls_version}|TLSv1.3|{cipher}|TLS_AES_256_GCM_SHA384|{cipher_bits}|256|", macros, StringComparison.Ordinal);
        Assert.Contains("M:{auth_type}|PLAIN|{auth_authen}|a@example.org|{auth_author}|a@example.org|{mail_addr}|a@example.org|{mail_host}|example.org|", macros, StringComparison.Ordinal);
        Assert.Contains("R:{rcpt_addr}|b@example.test|{rcpt_host}|example.test|", macros, StringComparison.Ordinal);
        Assert.Contains("E:i|t1|", macros, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_told_without_the_link_that_it_is_on()
    {
        await using var milter = new FakeMilter();
        await using var bench = await StartAsync(milter);
        await using (var talk = new MilterTalk(bench.Plugins) { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("fe80::1%2"), 40_000) })
        {
            Assert.True((await talk.SendAsync("Subject: x\r\n\r\nbody\r\n")).IsPlainPass);
        }

        await HeardAsync(milter, "Q");
        Assert.StartsWith("C[fe80::1]|6\u009c@fe80::1|", milter.Heard.First(), StringComparison.Ordinal);
        Assert.Contains("{client_addr}|fe80::1|", string.Join('\n', milter.Macros), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('C', "r", Rejected)]
    [InlineData('C', "t", Deferred)]
    [InlineData('C', "4", Closing)]
    [InlineData('C', "f", Closing)]
    [InlineData('H', "r", Rejected)]
    [InlineData('H', "y550 5.7.9 Who are you?|", "550 5.7.9 Who are you?")]
    [InlineData('M', "t", Deferred)]
    [InlineData('M', "y451 Later|", "451 4.7.1 Later")]
    [InlineData('R', "r", Rejected)]
    [InlineData('R', "y554-5.1.2 One 100%%\r\n554 5.1.2 two|", "554 5.1.2 One 100% two")]
    [InlineData('R', "y421 4.3.2 Going down|", "421 4.3.2 Going down")]
    public async Task A_step_can_be_refused(char command, string answer, string expected)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == command ? answer : "c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        string[] replies = command == 'C' ? [await talk.ConnectAsync()]
            : command == 'H' ? [await talk.ConnectAsync(), await talk.GreetAsync()]
            : command == 'M' ? [await talk.ConnectAsync(), await talk.GreetAsync(), await talk.SenderAsync()]
            : [await talk.ConnectAsync(), await talk.GreetAsync(), await talk.SenderAsync(), await talk.RecipientAsync()];
        Assert.Equal(expected, replies[^1]);
        Assert.All(replies[..^1], reply => Assert.Equal("", reply));
    }

    [Theory]
    [InlineData('T')]
    [InlineData('L')]
    [InlineData('N')]
    [InlineData('B')]
    [InlineData('E')]
    public async Task A_message_can_be_refused_at_each_of_its_steps(char command)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == command ? "r" : "c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal(Rejected, Assert.IsType<Decision.Refuse>((await talk.SendAsync()).Decision).Reply.ToString());
        Assert.Equal(["", ""], [await talk.SenderAsync("c@example.org"), await talk.RecipientAsync()]);
        Assert.EndsWith(command == 'E' ? "EMR" : $"{command}AMR", milter.Commands, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('C', "C")]
    [InlineData('H', "CH")]
    [InlineData('M', "CHMAM")]
    [InlineData('R', "CHMRAMR")]
    [InlineData('T', "CHMRTAMRT")]
    [InlineData('E', "CHMRTLNBEMRTLNBE")]
    public async Task What_is_accepted_is_not_asked_about_again(char command, string commands)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == command ? "a" : "c"] };
        await using var bench = await StartAsync(milter);
        await using (var talk = new MilterTalk(bench.Plugins))
        {
            Assert.True((await talk.SendAsync()).IsPlainPass);
            Assert.Equal(["", ""], [await talk.SenderAsync("c@example.org"), await talk.RecipientAsync()]);
            Assert.True((await talk.MessageAsync()).IsPlainPass);
        }

        await HeardAsync(milter, "Q");
        Assert.Equal(commands, milter.Commands.TrimEnd('Q').TrimEnd('A'));
    }

    [Theory]
    [InlineData('M')]
    [InlineData('R')]
    [InlineData('B')]
    [InlineData('E')]
    public async Task A_message_can_be_discarded(char command)
    {
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == command ? "d" : "c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.IsType<Decision.Discard>((await talk.SendAsync()).Decision);
    }

    [Theory]
    [InlineData(0x3ffu & ~0x80u & ~0x100u, "E")]
    [InlineData(0x10u, "CHMRTLLNE")]
    [InlineData(0x1u | 0x2u | 0x200u | 0x40u, "MRLLBE")]
    [InlineData(0x80u | 0x1000u | 0x2000u | 0x4000u | 0x8000u | 0x10000u | 0x40000u | 0x80000u, "CHMRTLLNBE")]
    public async Task Steps_a_milter_does_without_or_does_not_answer(uint steps, string commands)
    {
        await using var milter = new FakeMilter(steps: steps);
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.SendAsync("A: 1\r\nB: 2\r\n\r\nbody")).IsPlainPass);
        Assert.Equal(commands, milter.Commands);
    }

    [Fact]
    public async Task An_old_milter_is_not_told_of_DATA()
    {
        await using var milter = new FakeMilter(version: 2, actions: 0x1f);
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.SendAsync()).IsPlainPass);
        Assert.Equal("CHMRLNBE", milter.Commands);
    }

    [Fact]
    public async Task A_milter_that_has_seen_enough_of_the_body_gets_no_more()
    {
        await using var milter = new FakeMilter(steps: 0x400) { Answers = heard => [heard[0] == 'B' ? "s" : "c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.SendAsync("A: 1\r\n\r\n" + new string('x', 200_000))).IsPlainPass);
        Assert.Equal("CHMRTLNBE", milter.Commands);
        Assert.Equal(1 + 65535, milter.Heard.Single(heard => heard[0] == 'B').Length);
    }

    [Fact]
    public async Task Macros_are_those_the_milter_asks_for()
    {
        await using var milter = new FakeMilter(
            macros: $"{FakeMilter.Number(0)}j _\0{FakeMilter.Number(2)}\0{FakeMilter.Number(3)}{{rcpt_addr}} {{none}}\0{FakeMilter.Number(5)}i {{own}}\0");
        await using var bench = await StartAsync(milter, "macros = [\"{own}=mine\", \"j=other.example\"]");
        await using var talk = new MilterTalk(bench.Plugins) { HelloName = "x" };
        await talk.SendAsync();
        Assert.Equal(
            ["C:_|unknown [192.0.2.7]|{own}|mine|j|other.example|", "R:{rcpt_addr}|b@example.test|", "T:i|t1|", "N:i|t1|", "E:i|t1|{own}|mine|"],
            milter.Macros.Select(macros => macros.Replace("j|other.example|{own}|mine|", "{own}|mine|j|other.example|", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("hX-New|one\n two|", "3 X-New: one\r\n two")]
    [InlineData("hX-New|\n\tone|", "3 X-New: \r\n\tone")]
    [InlineData("hX-New| one|", "3 X-New:  one")]
    [InlineData("hX-New|one\ntwo\r\n|", "3 X-New: one\r\n\ttwo")]
    [InlineData("i\0\0\0\0X-Top|1|", "0 X-Top: 1")]
    [InlineData("i\0\0\0\u0001X-One|1|", "1 X-One: 1")]
    [InlineData("i\0\0\0\u0002X-Two|1|", "2 X-Two: 1")]
    [InlineData("i\0\0\0\u0009X-Low|1|", "3 X-Low: 1")]
    [InlineData("m\0\0\0\u0001subject|new|", "-subject 1", "1 subject: new")]
    [InlineData("m\0\0\0\u0001SUBJECT||", "-SUBJECT 1")]
    [InlineData("m\0\0\0\u0001Received|new|", "-Received 2", "2 Received: new")]
    [InlineData("m\0\0\0\u0002Subject|added|", "3 Subject: added")]
    [InlineData("m\0\0\0\u0002Subject||")]
    [InlineData("bnew body", "body new body")]
    [InlineData("+<c@example.net>|", "+c@example.net")]
    [InlineData("2<c@example.net>|", "+c@example.net")]
    [InlineData("2<c@example.net>|NOTIFY=NEVER|", "+c@example.net Never -")]
    [InlineData("2<c@example.net>|notify=success,DELAY  ORCPT=rfc822;a+2Bb@c.example X=1|", "+c@example.net Success, Delay rfc822;a+2Bb@c.example")]
    [InlineData("2<c@example.net>|NOTIFY=SUCCESS,NEVER ORCPT=rfc822;a\r\nDATA ENVID=1|", "+c@example.net")]
    [InlineData("2<no address|NOTIFY=NEVER|")]
    [InlineData("+<archive>|", "+archive@mail.example.test")]
    [InlineData("-root|", "-root@mail.example.test")]
    [InlineData("eroot|", "from root@mail.example.test")]
    [InlineData("-<b@example.test>|", "-b@example.test")]
    [InlineData("e<c@example.net>|", "from c@example.net")]
    [InlineData("e<>|SIZE=1|", "from ")]
    [InlineData("e<c@example.net>|RET=HDRS ENVID=QQ+2B1 NOTIFY=NEVER|", "from c@example.net Headers QQ+2B1")]
    [InlineData("e<c@example.net>|RET=ALL ENVID=a+b|", "from c@example.net")]
    [InlineData("e<no address|RET=FULL|")]
    [InlineData("+<no address|")]
    public async Task Changes_become_effects(string change, params string[] effects)
    {
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'E' ? ["p", change, "p", "a"] : ["c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        var verdict = await talk.SendAsync("Received: by here id t1; now\r\nSubject: x\r\nReceived: from afar\r\n\r\nbody\r\n");
        Assert.IsType<Decision.Pass>(verdict.Decision);
        Assert.Equal(effects, verdict.Effects.Select(MilterTalk.Text));
    }

    [Fact]
    public async Task A_field_of_a_long_name_can_be_removed_and_not_be_written()
    {
        string name = "X-" + new string('a', 78);
        await using var milter = new FakeMilter
        {
            Answers = heard => heard[0] == 'E'
                ? [$"m\0\0\0\u0001{name}|new|", $"h{name}|1|", $"m\0\0\0\u0001{name}||", "a"]
                : ["c"],
        };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        var verdict = await talk.SendAsync($"{name}: old\r\n\r\nbody\r\n");
        Assert.Equal([$"-{name} 1"], verdict.Effects.Select(MilterTalk.Text));
        Assert.True(bench.Plugins.Logged(LogLevel.Warning, "is too long to be written"));
    }

    [Fact]
    public async Task Changes_see_those_before_them_and_a_body_comes_in_pieces()
    {
        await using var milter = new FakeMilter(steps: 0x100000)
        {
            Answers = heard => heard[0] == 'E'
                ? ["i\0\0\0\u0001A| 1|", "i\0\0\0\u0001B|2|", "m\0\0\0\u0001a||", "bone ", "btwo", "qsuspicious|", "c"]
                : ["c"],
        };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        var verdict = await talk.SendAsync("Subject: x\r\n\r\nbody\r\n");
        Assert.Equal(["0 A: 1", "0 B:2", "-a 1", "body one two"], verdict.Effects.Select(MilterTalk.Text));
        Assert.Equal("milter fake: suspicious", Assert.IsType<Decision.Hold>(verdict.Decision).Reason);
        Assert.Contains("LSubject| x|", milter.Heard);
    }

    [Fact]
    public async Task Several_milters_are_asked_in_their_order()
    {
        await using var first = new FakeMilter { Answers = heard => [heard.StartsWith("R<no@", StringComparison.Ordinal) ? "r" : "c"] };
        await using var second = new FakeMilter { Answers = heard => heard[0] == 'E' ? ["hX-Second|2|", "a"] : ["c"] };
        await using var bench = await ListBench.StartAsync("milter", Table(first.Address) + Table(second.Address, "name = \"second\""));
        await using var talk = new MilterTalk(bench.Plugins);
        await talk.ConnectAsync();
        await talk.GreetAsync();
        await talk.SenderAsync();
        Assert.Equal(Rejected, await talk.RecipientAsync("no@example.test"));
        Assert.Equal("", await talk.RecipientAsync());
        Assert.Equal(["1 X-Second: 2"], (await talk.MessageAsync()).Effects.Select(MilterTalk.Text));
        Assert.Equal("CHMRRTLNBE", first.Commands);
        Assert.Equal("CHMRTLNBE", second.Commands);
    }

    [Fact]
    public async Task A_milter_for_one_direction_does_not_see_the_other()
    {
        await using var milter = new FakeMilter();
        await using var bench = await StartAsync(milter, "directions = \"outgoing\"");
        await using (var incoming = new MilterTalk(bench.Plugins))
        {
            Assert.True((await incoming.SendAsync()).IsPlainPass);
        }

        Assert.Equal(0, milter.Connections);
        await using var login = new MilterTalk(bench.Plugins);
        Assert.Equal(["", ""], [await login.ConnectAsync(), await login.GreetAsync()]);
        login.Authenticated = new EmailAddress("a", "example.org");
        Assert.Equal(["", ""], [await login.SenderAsync(), await login.RecipientAsync()]);
        Assert.True((await login.MessageAsync()).IsPlainPass);
        Assert.Equal("CHMRTLNBE", milter.Commands);
    }

    [Fact]
    public async Task Mail_that_no_client_brings_is_shown_as_coming_from_here()
    {
        await using var milter = new FakeMilter();
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.MessageAsync(FakeMessage.Plain)).IsPlainPass);
        await HeardAsync(milter, "Q");
        Assert.Equal(
            ["Clocalhost|4||127.0.0.1|", "Hmx.example.test|", "M<a@example.test>|", "R<b@example.test>|"], milter.Heard.Take(4));
    }

    [Theory]
    [InlineData("A: 1\r\ngarbage\r\nB: 2\r\n\r\nbody", "LA|1|", "Bgarbage\r\nB: 2\r\n\r\nbody")]
    [InlineData("A: 1\r\n folded\r\nB\t:\r\n\r\nbody", "LA|1\n folded|", "LB||", "Bbody")]
    [InlineData("A: 1\r\ngarbage", "LA|1|", "Bgarbage")]
    [InlineData("A: 1\r\n\r\r\nx\r\n\r\nbody", "LA|1|", "B\r\r\nx\r\n\r\nbody")]
    [InlineData("From a Mon\r\nA: 1\r\n\r\nbody", "LA|1|", "Bbody")]
    [InlineData("From a Mon\r\n B: 1\r\n\r\nbody", "B B: 1\r\n\r\nbody")]
    [InlineData(" A: 1\r\n\r\nbody", "B A: 1\r\n\r\nbody")]
    [InlineData("A: 1\r\nB: 2\r\nFrom x\r\n\r\nbody", "LA|1|", "LB|2|", "BFrom x\r\n\r\nbody")]
    public async Task What_is_no_field_begins_the_body(string text, params string[] heard)
    {
        // White space at the beginning continues the field above it.
        foreach (string own in text[0] == ' ' ? [""] : new[] { "", "Received: by here id t1; now\r\n" })
        {
            await using var milter = new FakeMilter();
            await using var bench = await StartAsync(milter);
            await using var talk = new MilterTalk(bench.Plugins);
            await talk.SendAsync(own + text);
            Assert.Equal(heard, milter.Heard.Where(step => step[0] is 'L' or 'B'));
        }
    }

    [Theory]
    [InlineData("hX-New|1|", "2 X-New: 1")]
    [InlineData("i\0\0\0\u0009X-New|1|", "2 X-New: 1")]
    [InlineData("m\0\0\0\u0001Subject|new|", "-Subject 1", "1 Subject: new")]
    [InlineData("m\0\0\0\u0001To||")]
    public async Task Changes_stay_above_what_is_no_field(string change, params string[] effects)
    {
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'E' ? [change, "a"] : ["c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        var verdict = await talk.SendAsync("Received: by here id t1; now\r\nSubject: x\r\ngarbage\r\nSubject: y\r\nTo: z\r\n\r\nbody\r\n");
        Assert.Equal(effects, verdict.Effects.Select(MilterTalk.Text));
    }

    [Fact]
    public async Task A_connection_can_serve_the_next_session()
    {
        await using var milter = new FakeMilter();
        await using var bench = await StartAsync(milter, "idle_connections = 1");
        int sessions = 0;
        do
        {
            await using (var talk = new MilterTalk(bench.Plugins))
            {
                Assert.True((await talk.SendAsync()).IsPlainPass);
            }

            sessions++;
            await HeardAsync(milter, string.Concat(Enumerable.Repeat("CHMRTLNBEK", sessions)));
        }
        while (milter.Connections == sessions && sessions < 20); // a session is over a moment before its connection is free

        Assert.InRange(milter.Connections, 1, sessions - 1);
    }

    [Fact]
    public async Task A_second_greeting_is_told_and_its_answer_counts()
    {
        await using var milter = new FakeMilter { Answers = heard => [heard == "Hbad|" ? "r" : "c"] };
        await using var bench = await StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal(["", Rejected], [await talk.ConnectAsync(), await talk.GreetAsync("bad")]);
        Assert.Equal(["", "", ""], [await talk.GreetAsync("good"), await talk.SenderAsync(), await talk.RecipientAsync()]);
        Assert.Equal("CHHMR", milter.Commands);
    }

    internal static Task<ListBench> StartAsync(FakeMilter milter, string more = "") =>
        ListBench.StartAsync("milter", "hostname = \"mx.example.test\"\norigin = \"mail.example.test\"\n" + Table(milter.Address, "name = \"fake\"\n" + more));

    internal static string Table(string address, string more = "") => $"[[plugins.milter.servers]]\naddress = \"{address}\"\n{more}\n";

    internal static Task HeardAsync(FakeMilter milter, string end) =>
        PluginBench.UntilAsync(() => milter.Commands.EndsWith(end, StringComparison.Ordinal), $"the milter hears {end}");
}
