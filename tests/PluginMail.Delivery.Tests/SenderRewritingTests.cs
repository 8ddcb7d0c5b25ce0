using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>Reverse paths of forwarded mail, out and back.</summary>
public sealed class SenderRewritingTests
{
    private readonly FakeTime _clock = new();
    private readonly SenderRewriting _here;
    private readonly SenderRewriting _elsewhere;

    public SenderRewritingTests()
    {
        _here = new SenderRewriting(Enumerable.Repeat((byte)1, 32).ToArray(), _clock);
        _elsewhere = new SenderRewriting(Enumerable.Repeat((byte)2, 32).ToArray(), _clock);
    }

    [Theory]
    [InlineData("anna@elsewhere.test")]
    [InlineData("Anna.B=C=D@elsewhere.test")]
    [InlineData("\"a b\"@elsewhere.test")]
    [InlineData("srs0@elsewhere.test")]
    [InlineData("SRS1=x@elsewhere.test")]
    public void A_rewritten_sender_is_read_back_whatever_the_way_did_to_its_case(string text)
    {
        EmailAddress sender = Address(text);
        EmailAddress rewritten = _here.Rewrite(sender, "here.test");
        Assert.Equal("here.test", rewritten.Domain);
        Assert.StartsWith("SRS0=", rewritten.LocalPart, StringComparison.Ordinal);
        Assert.Equal(sender, _here.Decode(rewritten.LocalPart));
        Assert.Equal(sender.LocalPart.ToLowerInvariant(), _here.Decode(rewritten.LocalPart.ToLowerInvariant())!.LocalPart);
    }

    [Fact]
    public void A_chain_of_forwarders_stays_two_long_and_leads_to_the_first()
    {
        EmailAddress sender = Address("anna@origin.test");
        EmailAddress first = _elsewhere.Rewrite(sender, "first.test");
        EmailAddress second = _here.Rewrite(first, "here.test");
        Assert.StartsWith("SRS1=", second.LocalPart, StringComparison.Ordinal);
        Assert.Equal(first, _here.Decode(second.LocalPart));
        EmailAddress third = _elsewhere.Rewrite(second, "third.test");
        Assert.Equal(first, _elsewhere.Decode(third.LocalPart));
        Assert.Equal(sender, _elsewhere.Decode(first.LocalPart));
    }

    [Fact]
    public void What_was_changed_or_made_elsewhere_or_is_too_old_leads_nowhere()
    {
        EmailAddress rewritten = _here.Rewrite(Address("anna@elsewhere.test"), "here.test");
        Assert.Null(_elsewhere.Decode(rewritten.LocalPart));
        Assert.Null(_here.Decode(rewritten.LocalPart.Replace("anna", "bob", StringComparison.Ordinal)));
        Assert.Null(_here.Decode(rewritten.LocalPart.Replace("elsewhere", "victim", StringComparison.Ordinal)));
        _clock.Advance(TimeSpan.FromDays(SenderRewriting.ValidDays));
        Assert.NotNull(_here.Decode(rewritten.LocalPart));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(_here.Decode(rewritten.LocalPart));
    }

    [Theory]
    [InlineData("SRS0=")]
    [InlineData("SRS0==")]
    [InlineData("SRS0=AAAAAA=AA=elsewhere.test=anna")]
    [InlineData("SRS0=AAAAAA")]
    [InlineData("SRS1=AAAAAA==elsewhere.test=anna")]
    [InlineData("SRS1=AAAAAA=first.test=")]
    [InlineData("SRS1======")]
    public void What_only_looks_like_one_leads_nowhere(string localPart) => Assert.Null(_here.Decode(localPart));

    [Fact]
    public void A_sender_that_would_be_too_long_stays_as_it_is()
    {
        EmailAddress sender = Address($"{new string('a', 100)}@elsewhere.test");
        Assert.Equal(sender, _here.Rewrite(sender, "here.test"));
    }

    private static EmailAddress Address(string text) => EmailAddress.TryParse(text, out EmailAddress? address) ? address : throw new ArgumentException(text);
}
