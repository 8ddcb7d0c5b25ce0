using PluginMail.Abstractions;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Tests.Roles;

/// <summary>Addresses that the constructor takes and no reader of addresses makes: they would get as far as the store and other servers.</summary>
public sealed class VerdictNonsenseTests
{
    [Theory]
    [InlineData("a b\r\nRCPT TO:<c", "example.org")]
    [InlineData("", "example.org ")]
    [InlineData("anna", "")]
    [InlineData("anna", "example.org>\r\nDATA")]
    [InlineData("anna", "a@b")]
    [InlineData(null, "example.org")]
    [InlineData("anna", null)]
    public void What_is_no_address_is_a_fault_in_each_answer(string? localPart, string? domain)
    {
        var address = new EmailAddress(localPart!, domain!);
        Assert.Equal("asked for an impossible effect: AddRecipient", VerdictNonsense.Find(Verdict.Apply(new Effect.AddRecipient(address))));
        Assert.Equal("asked for an impossible effect: ChangeSender", VerdictNonsense.Find(Verdict.Apply(new Effect.ChangeSender(address))));
        Assert.Equal("answered what is no address", DirectoryKind.Instance.FindNonsense([address]));
    }

    [Theory]
    [InlineData(0, 1000, true)]
    [InlineData(0, 1001, false)]
    [InlineData(1000, 1, true)]
    [InlineData(10_000, 1000, true)]
    [InlineData(10_001, 0, false)]
    public void A_verdict_has_a_thousand_effects_and_takes_off_ten_thousand_recipients(int removals, int others, bool isPossible)
    {
        var recipient = new EmailAddress("anna", "example.org");
        Effect[] effects = [.. Enumerable.Repeat<Effect>(new Effect.RemoveRecipient(recipient), removals), .. Enumerable.Repeat<Effect>(new Effect.Tag("a"), others)];
        Assert.Equal(isPossible, VerdictNonsense.Find(Verdict.Apply(effects)) is null);
    }

    [Theory]
    [InlineData("anna", "example.org")]
    [InlineData("anna b", "example.org")]
    [InlineData("a\"b\\c", "[192.0.2.1]")]
    [InlineData("почта", "пример.example")]
    public void Whatever_can_be_written_is_an_address(string localPart, string domain)
    {
        var address = new EmailAddress(localPart, domain);
        Assert.Null(VerdictNonsense.Find(Verdict.Apply(new Effect.AddRecipient(address), new Effect.ChangeSender(address), new Effect.ChangeSender(null))));
        Assert.Null(DirectoryKind.Instance.FindNonsense([address]));
    }

    [Theory]
    [InlineData("a\nBcc: victim@example.org")]
    [InlineData("a\r\nBcc: victim@example.org")]
    [InlineData("a\r b")]
    [InlineData("a\r\n")]
    [InlineData("a\n b\r\n\r\nbody")]
    [InlineData("a\0b")]
    public void A_value_of_several_lines_is_a_fault_and_not_flattened(string value)
    {
        Assert.Equal(
            "asked for an impossible effect: Add X-A, whose value has a line end that is no fold, or a NUL",
            VerdictNonsense.Find(Verdict.Apply(new HeaderEdit.Add("X-A", value))));
        Assert.Equal(
            "asked for an impossible effect: Replace X-A, whose value has a line end that is no fold, or a NUL",
            VerdictNonsense.Find(Verdict.Apply(new HeaderEdit.Replace("X-A", value))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("a\r\n b\r\n\tc")]
    [InlineData("a\n b")]
    public void Folds_are_no_fault(string value) =>
        Assert.Null(VerdictNonsense.Find(Verdict.Apply(new HeaderEdit.Add("X-A", value), new HeaderEdit.Replace("X-A", value))));

    [Theory]
    [InlineData("virus\nX-Spam-Flag: NO")]
    [InlineData("\u001b[31m")]
    [InlineData("a\u0085b")]
    [InlineData("")]
    public void A_name_with_control_characters_is_a_fault(string name)
    {
        Assert.StartsWith("asked for an impossible effect: Tag", VerdictNonsense.Find(Verdict.Apply(new Effect.Tag(name))), StringComparison.Ordinal);
        Assert.StartsWith("asked for an impossible effect: Score", VerdictNonsense.Find(Verdict.Apply(new Effect.Score(1, name))), StringComparison.Ordinal);
        Assert.StartsWith("asked for an impossible effect: Bypass", VerdictNonsense.Find(Verdict.Apply(new Effect.Bypass(name))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_nobody_can_write_is_a_fault()
    {
        MessageAttachment report = new("report.txt", "text/plain; charset=utf-8", default);
        Assert.Null(Replaced(new MessageBuilder()));
        Assert.Null(Replaced(new MessageBuilder().Body("text").Attach(report).Attach(report with { FileName = "отчёт", MediaType = "x-a/b.c+d" })));
        const string Fault = "asked for an impossible effect: ReplaceMessage";
        Assert.Equal(Fault, Replaced(null!));
        Assert.Equal(Fault, Replaced(new MessageBuilder().Body(null!)));
        Assert.Equal(Fault, Replaced(new MessageBuilder().Attach(null!)));
        Assert.Equal(Fault, Replaced(new MessageBuilder().Attach(report with { FileName = null! })));
        Assert.All(
            (string?[])[null, "", "text", "/plain", "text/", "text/plain/x", "te xt/plain", "text/plain\r\nX-A: b", "; charset=utf-8"],
            type => Assert.Equal(Fault, Replaced(new MessageBuilder().Attach(report).Attach(report with { MediaType = type! }))));
    }

    private static string? Replaced(MessageBuilder message) => VerdictNonsense.Find(Verdict.Apply(new Effect.ReplaceMessage(message)));

    [Fact]
    public void Other_names_are_words() =>
        Assert.Null(VerdictNonsense.Find(Verdict.Apply(new Effect.Tag("virus: Почта"), new Effect.Score(-1.5, "DNSBL_ZEN"), new Effect.Bypass("greylist"))));
}
