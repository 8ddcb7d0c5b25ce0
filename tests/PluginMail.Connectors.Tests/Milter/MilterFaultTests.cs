using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>Milters that are not there, do not answer, or say what the protocol does not know.</summary>
public sealed class MilterFaultTests
{
    public static TheoryData<string> Nonsense => new(
        "O",
        "O" + FakeMilter.Number(1) + FakeMilter.Number(0) + FakeMilter.Number(0),
        "O" + FakeMilter.Number(7) + FakeMilter.Number(0) + FakeMilter.Number(0),
        "O" + FakeMilter.Number(6) + FakeMilter.Number(0x200) + FakeMilter.Number(0),
        "O" + FakeMilter.Number(6) + FakeMilter.Number(0) + FakeMilter.Number(0) + "\0\0",
        "O" + FakeMilter.Number(6) + FakeMilter.Number(0x100) + FakeMilter.Number(0) + FakeMilter.Number(1) + "j",
        "t",
        "close");

    [Theory]
    [MemberData(nameof(Nonsense))]
    public Task A_negotiation_that_is_nonsense_is_a_fault(string answer) => FaultAtConnectAsync(new FakeMilter { Answers = _ => [answer] });

    [Theory]
    [InlineData("x")]
    [InlineData("hA|b|")]
    [InlineData("y250 Fine|")]
    [InlineData("yxyz|")]
    [InlineData("y5|")]
    [InlineData("y550 one\r\n551 two|")]
    [InlineData("y550_one|")]
    [InlineData("close")]
    public Task An_answer_that_is_nonsense_is_a_fault(string answer) =>
        FaultAtConnectAsync(new FakeMilter { Answers = heard => [heard[0] == 'C' ? answer : "c"] });

    [Theory]
    [InlineData("hbad name|x|")]
    [InlineData("hX|no end")]
    [InlineData("i\0\0|")]
    [InlineData("m|")]
    [InlineData("+no end")]
    [InlineData("O")]
    public async Task A_change_that_is_nonsense_is_a_fault(string change)
    {
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'E' ? [change, "a"] : ["c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.IsType<Decision.Defer>((await talk.SendAsync()).Decision);
    }

    [Theory]
    [InlineData(100_000, "h")]
    [InlineData(3, "b")]
    public async Task Too_much_is_a_fault(int count, string kind)
    {
        string[] changes = [.. Enumerable.Repeat(kind == "b" ? "b" + new string('x', 1000) : "hX|y|", count), "a"];
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'E' ? changes : ["c"] };
        await using var bench = await MilterTests.StartAsync(milter, "maximum_body = 2048");
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.IsType<Decision.Defer>((await talk.SendAsync()).Decision);
    }

    [Fact]
    public async Task A_packet_that_is_too_long_is_a_fault()
    {
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'E' ? ["h" + new string('x', 300_000), "a"] : ["c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.IsType<Decision.Defer>((await talk.SendAsync()).Decision);
    }

    [Theory]
    [InlineData("tempfail", "451 4.7.1", "Defer")]
    [InlineData("reject", "550 5.7.1", "Refuse")]
    [InlineData("accept", "", "Pass")]
    [InlineData("quarantine", "", "Hold")]
    public async Task What_is_done_about_a_fault_can_be_chosen(string action, string reply, string decision)
    {
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table("inet:127.0.0.1:1", $"on_fault = \"{action}\""));
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.StartsWith(reply, await talk.ConnectAsync(), StringComparison.Ordinal);
        Assert.StartsWith(reply, await talk.SenderAsync(), StringComparison.Ordinal);
        Assert.Equal(decision, (await talk.MessageAsync()).Decision.GetType().Name);
    }

    [Fact]
    public async Task A_socket_that_is_missing_is_called_so()
    {
        await using var bench = await ListBench.StartAsync("milter", MilterTests.Table("unix:/nowhere/milter.sock"));
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.StartsWith("451 4.7.1", await talk.ConnectAsync(), StringComparison.Ordinal);
        Assert.Contains(bench.Plugins.Loggers.Lines, static line => line.Text.EndsWith(": No such socket", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_milter_that_does_not_answer_costs_its_time_and_no_more()
    {
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'M' ? null : ["c"] };
        await using var bench = await MilterTests.StartAsync(milter, "command_timeout = \"1s\"");
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.Equal(["", ""], [await talk.ConnectAsync(), await talk.GreetAsync()]);
        Assert.StartsWith("451 4.7.1 ", await talk.SenderAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_gives_more_time()
    {
        int asked = 0;
        await using var milter = new FakeMilter { Answers = heard => heard[0] == 'E' && asked++ == 0 ? ["p", "p", "a"] : ["c"] };
        await using var bench = await MilterTests.StartAsync(milter, "message_timeout = \"5s\"");
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.True((await talk.SendAsync()).IsPlainPass);
    }

    [Fact]
    public async Task After_a_fault_the_next_message_of_the_session_is_asked_about_again()
    {
        int closed = 0;
        await using var milter = new FakeMilter { Answers = heard => [heard[0] == 'N' && closed++ == 0 ? "close" : "c"] };
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.IsType<Decision.Defer>((await talk.SendAsync()).Decision);
        Assert.Equal(["", ""], [await talk.SenderAsync(), await talk.RecipientAsync()]);
        Assert.True((await talk.MessageAsync()).IsPlainPass);
        Assert.Equal("CHMRTLNCHMRTLNBE", milter.Commands);
        Assert.Equal(2, milter.Connections);
    }

    [Theory]
    [InlineData("", "servers")]
    [InlineData("[[plugins.milter.servers]]\nname = \"x\"", "address")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"127.0.0.1:8891\"", "address")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"unix:relative\"", "address")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"inet:8891@localhost\"\non_fault = \"explode\"", "on_fault")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"inet6:[::1]:8891\"\ncommand_timeout = \"1ms\"", "command_timeout")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"local:/run/x\"\nmacros = [\"j\"]", "macros")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"local:/run/x\"\nmaximum_body = \"2G\"", "maximum_body")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"local:/run/x\"\nadress = \"\"", "adress")]
    [InlineData("[[plugins.milter.servers]]\naddress = \"local:/run/x\"\n[[plugins.milter.servers]]\naddress = \"local:/run/x\"", "servers")]
    public async Task Impossible_settings_are_refused(string table, string key) =>
        Assert.Contains(key, Assert.Single(await ListBench.ErrorsAsync("milter", table)), StringComparison.Ordinal);

    private static async Task FaultAtConnectAsync(FakeMilter fake)
    {
        await using var milter = fake;
        await using var bench = await MilterTests.StartAsync(milter);
        await using var talk = new MilterTalk(bench.Plugins);
        Assert.StartsWith("451 4.7.1 ", await talk.ConnectAsync(), StringComparison.Ordinal);
        Assert.True(bench.Plugins.Logged(Microsoft.Extensions.Logging.LogLevel.Warning, "milter fake failed"));
    }
}
