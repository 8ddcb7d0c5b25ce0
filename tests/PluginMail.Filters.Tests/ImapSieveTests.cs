using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>Scripts on IMAP events (RFC 6785).</summary>
public sealed class ImapSieveTests
{
    private const string Require = "require [\"imapsieve\", \"environment\", \"imap4flags\", \"fileinto\", \"copy\", \"variables\"];";

    private static readonly ImapEvent Flagged = new(ImapCause.Flag, "Work/Items", "tim", "tim@example.com")
    {
        ChangedFlags = ["\\Flagged", "$Todo"],
        Flags = ["\\Seen", "\\Flagged"],
    };

    private static FilterInput On(ImapEvent happened) =>
        new(new TestMessage(MessageA), new FilterEnvelope { OwnerAddresses = [happened.Email] }) { Context = new() { Event = happened } };

    private static FilterResult Run(string script, ImapEvent? happened = null, FilterRunOptions? options = null) => Compile(script).Run(On(happened ?? Flagged), options);

    private static string Effects(string script, ImapEvent? happened = null)
    {
        var result = Run(script, happened);
        Assert.Null(result.Error);
        return string.Join("; ", result.Effects);
    }

    [Theory]
    [InlineData("imap.cause", "FLAG", "")]
    [InlineData("imap.mailbox", "Work/Items", "")]
    [InlineData("imap.user", "tim", "")]
    [InlineData("imap.email", "tim@example.com", "")]
    [InlineData("imap.changedflags", "\\\\Flagged $Todo", "")]
    [InlineData("location", "MS", "MDA")]
    [InlineData("phase", "post", "during")]
    public void Section_4_environment(string item, string onEvent, string onDelivery)
    {
        var script = $"{Require} if environment :is \"{item}\" \"{onEvent}\" {{ discard; }} elsif environment :is \"{item}\" \"{onDelivery}\" {{ fileinto \"X\"; }}";
        Assert.StartsWith("discard", Effects(script), StringComparison.Ordinal);
        Assert.Equal("fileinto \"X\"", Actions(script));
    }

    [Theory]
    [InlineData(ImapCause.Append, "APPEND")]
    [InlineData(ImapCause.Copy, "COPY")]
    [InlineData(ImapCause.Flag, "FLAG")]
    public void Causes_have_the_names_of_the_standard(ImapCause cause, string name) => Assert.Equal(
        "discard",
        Effects($"require [\"imapsieve\", \"environment\"]; if environment \"imap.cause\" \"{name}\" {{ discard; }}", Flagged with { Cause = cause, ChangedFlags = [], Flags = [] }));

    /// <summary>Section 2.2.3: the flags as they are after the change. Section 3.8: setflag and its like change the message's own.</summary>
    [Theory]
    [InlineData("", "implicit keep :flags \"\\Seen \\Flagged\"")]
    [InlineData("if allof (hasflag \"\\\\Flagged\", environment :contains \"imap.changedflags\" \"\\\\Flagged\") { addflag \"$Important\"; }", "implicit keep :flags \"\\Seen \\Flagged $Important\"")]
    [InlineData("if hasflag \"\\\\Deleted\" { discard; }", "implicit keep :flags \"\\Seen \\Flagged\"")]
    [InlineData("removeflag \"\\\\Seen\";", "implicit keep :flags \"\\Flagged\"")]
    [InlineData("setflag \"$A\"; keep;", "keep :flags \"$A\"")]
    [InlineData("setflag \"\";", "implicit keep")]
    [InlineData("fileinto :copy \"Important\";", "fileinto :copy :flags \"\\Seen \\Flagged\" \"Important\"; implicit keep :flags \"\\Seen \\Flagged\"")]
    [InlineData("move \"Important\";", "fileinto :flags \"\\Seen \\Flagged\" \"Important\"")]
    public void Scripts_begin_with_the_flags_of_the_message(string script, string effects) => Assert.Equal(effects, Effects(Require + script));

    [Fact]
    public async Task Flags_go_on_from_script_to_script()
    {
        CompiledFilter[] scripts = [Compile("require \"imap4flags\"; addflag \"$One\";"), Compile("require \"imap4flags\"; addflag \"$Two\";")];
        var result = await FilterSequence.RunAsync(scripts, On(Flagged with { Flags = [] }));
        Assert.Equal("implicit keep :flags \"$One $Two\"", string.Join("; ", result.Effects));
    }

    /// <summary>Section 3.11: in a script for events they are found before it runs; in any other they end it.</summary>
    [Theory]
    [InlineData("vacation", "vacation \"away\";")]
    [InlineData("vacation-seconds", "vacation :seconds 0 \"away\";")]
    [InlineData("reject", "reject \"no\";")]
    [InlineData("ereject", "ereject \"no\";")]
    public void Section_3_11_inapplicable_actions(string capability, string action)
    {
        Assert.Equal("F1028", Codes($"require [\"imapsieve\", \"{capability}\"]; {action}"));
        var script = $"require [\"{capability}\", \"fileinto\", \"copy\"];\nfileinto :copy \"A\";\nif false {{ {action} }}";
        Assert.Equal("fileinto :copy \"A\"; implicit keep", Actions(script));
        var result = Run(script);
        Assert.Equal((FilterCodes.WrongOccasion, 1), (result.Error?.Code, result.Error?.Line));
        Assert.Equal("implicit keep", string.Join("; ", result.Effects));
    }

    [Fact]
    public void What_ihave_offers_is_no_way_around()
    {
        const string Script = "require \"ihave\"; if ihave \"vacation\" { vacation \"away\"; }";
        Assert.NotNull(Run(Script).Error);
        Assert.Contains("F1028", Codes(Script.Replace("\"ihave\";", "[\"ihave\", \"imapsieve\"];", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <summary>Section 4.6.</summary>
    [Theory]
    [InlineData("envelope \"from\" \"a@example.org\"")]
    [InlineData("envelope :count \"eq\" \"to\" \"0\"")]
    [InlineData("not envelope :contains [\"from\", \"to\"] \"\"")]
    [InlineData("sender :envelope \"a@example.org\"")]
    [InlineData("recipient :envelope :within \"example.org\"")]
    public void Section_4_6_the_envelope_cannot_be_tested(string test)
    {
        var script = $"require [\"envelope\", \"relational\"];\nif {test}\n{{ discard; }}";
        var result = Run(script);
        Assert.Equal((FilterCodes.WrongOccasion, 2), (result.Error?.Code, result.Error?.Line));
        Assert.True(result.IsKept);
        Assert.Contains("F2023", Codes(script.Replace("[\"envelope\"", "[\"imapsieve\", \"envelope\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not environment \"phase\" \"during\"", "discard")]
    [InlineData("recipient \"roadrunner@acme.example.com\"", "discard")]
    [InlineData("recipient \"\"", "implicit keep")]
    [InlineData("sender :domain \"desert.example.org\"", "discard")]
    public void Other_tests_are_as_they_are(string test, string effects) => Assert.Equal(
        effects, Effects($"require [\"environment\", \"envelope\"]; if anyof ({test}, allof (environment \"phase\" \"during\", envelope \"from\" \"x\")) {{ discard; }}", Flagged with { Flags = [] }));

    /// <summary>A large script decides its tests together; one of the envelope still fails in its turn, and only there.</summary>
    [Fact]
    public void A_test_of_the_envelope_in_a_large_script_fails_in_its_turn()
    {
        var rules = string.Concat(Enumerable.Range(0, 40).Select(i => $"if header \"subject\" \"s{i}\" {{ discard; stop; }}\n"));
        var script = $"require \"envelope\";\n{rules}if envelope \"from\" \"a@example.org\" {{ discard; }}";
        Assert.Equal(FilterCodes.WrongOccasion, Run(script).Error?.Code);
        Assert.Null(Run($"require \"envelope\";\n{rules}stop; if envelope \"from\" \"a@example.org\" {{ discard; }}").Error);
        Assert.Null(RunOn(script, MessageA).Error);
    }

    [Fact]
    public async Task A_script_that_is_included_cannot_answer_either()
    {
        var main = Compile("require \"include\"; include \"away\";");
        var library = await FilterLibrary.GatherAsync(
            main, (script, _) => new(FilterCompiler.Compile("require \"vacation\"; vacation \"away\";", script.Name)), CancellationToken.None);
        var result = main.Link(library).Run(On(Flagged));
        Assert.Equal((FilterCodes.WrongOccasion, "away"), (result.Error?.Code, result.Error?.Script));
    }

    [Fact]
    public void Its_items_need_the_capability() => Assert.Equal(
        "require [\"environment\", \"imapsieve\"]; if environment \"imap.cause\" \"COPY\" { keep; }",
        Fixed("require [\"environment\"]; if environment \"imap.cause\" \"COPY\" { keep; }"));

    [Theory]
    [InlineData("require \"imapsieve\"; keep;", "")]
    [InlineData("require [\"imapsieve\", \"environment\"]; if environment \"imap.couse\" \"COPY\" { keep; }", "F2022")]
    [InlineData("require \"environment\"; if environment \"vnd.example.item\" \"x\" { keep; }", "")]
    public void Findings(string script, string codes) => Assert.Equal(codes, Codes(script));

    [Fact]
    public void A_script_can_be_checked_as_one_for_events()
    {
        var compilation = FilterCompiler.Compile("require \"reject\"; reject \"no\";", "script", new FilterCompilerOptions { IsForEvents = true });
        Assert.Equal("F1028", Assert.Single(compilation.Diagnostics).Code);
    }

    [Fact]
    public void Items_can_be_named_by_variables() => Assert.Equal(
        "discard",
        Effects("require [\"imapsieve\", \"environment\", \"variables\", \"vnd.dovecot.environment\"]; set \"i\" \"cause\"; if allof (environment \"imap.${i}\" \"FLAG\", string \"${env.location}\" \"MS\") { discard; }"));
}
