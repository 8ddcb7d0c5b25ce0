using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>RFC 5429.</summary>
public sealed class RejectTests
{
    private const string Require = "require [\"reject\", \"ereject\", \"fileinto\", \"vacation\", \"copy\"];\n";

    [Fact]
    public void The_example_of_section_2_2()
    {
        const string Script = """
            require ["reject"];
            if header :contains "from" "coyote@desert.example.org" {
                reject text:
            I am not taking mail from you, and I don't
            want your birdseed, either!
            .
                ;
            }
            """;
        var refusal = Mail.Single<FilterEffect.Reject>(Script);
        Assert.False(refusal.PrefersReply);
        Assert.Equal("I am not taking mail from you, and I don't\r\nwant your birdseed, either!\r\n", refusal.Reason.ReplaceLineEndings("\r\n"));
        Assert.Equal("implicit keep", Mail.Effects(Script, Scripts.MessageB));
    }

    [Fact]
    public void The_example_of_section_2_1() => Assert.Equal(
        "ereject \"I no longer accept mail from this address\"",
        Mail.Effects("require [\"ereject\"]; if address \"from\" \"coyote@desert.example.org\" { ereject \"I no longer accept mail from this address\"; }"));

    [Theory]
    [InlineData("reject \"a\"; reject \"b\";")]
    [InlineData("reject \"a\"; ereject \"b\";")]
    [InlineData("reject \"a\"; vacation \"b\";")]
    [InlineData("vacation \"a\"; ereject \"b\";")]
    [InlineData("keep; reject \"b\";")]
    [InlineData("reject \"b\"; keep;")]
    [InlineData("fileinto \"a\"; reject \"b\";")]
    [InlineData("fileinto :copy \"a\"; reject \"b\";")]
    [InlineData("ereject \"b\"; redirect \"a@b.example\";")]
    [InlineData("ereject \"b\"; copy \"a@b.example\";")]
    public void It_goes_with_no_delivery(string script)
    {
        var result = Mail.Run(Require + script);
        Assert.Equal((FilterCodes.ConflictingActions, 2), (result.Error?.Code, result.Error?.Line));
        Assert.Equal("implicit keep", string.Join("; ", result.Effects));
    }

    [Fact]
    public void It_goes_with_discard() => Assert.Equal("discard; reject \"b\"", Mail.Effects("require \"reject\"; discard; reject \"b\";"));

    [Fact]
    public async Task It_goes_with_what_an_earlier_script_did()
    {
        var result = await FilterSequence.RunAsync([Scripts.Compile("copy \"Archive\";"), Scripts.Compile("require \"reject\"; reject \"no\";")], Mail.Input(Scripts.MessageA));
        Assert.Equal("fileinto :copy \"Archive\"; reject \"no\"", string.Join("; ", result.Effects));
    }

    [Fact]
    public void What_the_owner_sends_is_not_refused() => Assert.Equal(
        "implicit keep",
        Mail.Effects("require \"reject\"; if direction \"outgoing\" { reject \"a\"; }", envelope: Mail.Envelope with { Direction = MailDirection.Outgoing }));

    [Fact]
    public void A_reason_is_bounded() => Assert.Equal(FilterCodes.BadValue, Scripts.Codes($"require \"reject\"; reject \"{new string('a', 5000)}\";"));
}
