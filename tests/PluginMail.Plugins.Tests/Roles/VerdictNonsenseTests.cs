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
}
