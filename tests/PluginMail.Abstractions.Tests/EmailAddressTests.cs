using FsCheck;
using FsCheck.Fluent;

namespace PluginMail.Abstractions.Tests;

/// <summary>Addresses of RFC 5321 section 4.1.2 and RFC 6531.</summary>
public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("anna@example.test", "anna", "example.test")]
    [InlineData("a.b+c=d/e@sub.example.test", "a.b+c=d/e", "sub.example.test")]
    [InlineData("\"two words\"@example.test", "two words", "example.test")]
    [InlineData("\"a\\\"b\\\\c\"@example.test", "a\"b\\c", "example.test")]
    [InlineData("\"with@at\"@example.test", "with@at", "example.test")]
    [InlineData("user@[192.0.2.1]", "user", "[192.0.2.1]")]
    [InlineData("user@[IPv6:2001:db8::1]", "user", "[IPv6:2001:db8::1]")]
    [InlineData("jörg@bücher.example", "jörg", "bücher.example")]
    [InlineData("a@localhost", "a", "localhost")]
    public void An_address_is_read(string text, string localPart, string domain)
    {
        Assert.True(EmailAddress.TryParse(text, out EmailAddress? address));
        Assert.Equal((localPart, domain), (address.LocalPart, address.Domain));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("anna")]
    [InlineData("@example.test")]
    [InlineData("anna@")]
    [InlineData("an na@example.test")]
    [InlineData("<anna@example.test>")]
    [InlineData("anna@example..test")]
    [InlineData("anna@.example")]
    [InlineData("anna@example.test.")]
    [InlineData("anna@exam ple")]
    [InlineData("anna@[]")]
    [InlineData("anna@[1.2.3.4")]
    [InlineData("anna@[a b]")]
    [InlineData("\"open@example.test")]
    [InlineData("\"@example.test")]
    [InlineData("\"a\"b\"@example.test")]
    [InlineData("\"a\\\"@example.test")]
    [InlineData("a\r\nb@example.test")]
    [InlineData("\"a\r\nRCPT TO:<x>\"@example.test")]
    [InlineData("a\0@example.test")]
    public void What_is_none_is_refused(string? text) => Assert.False(EmailAddress.TryParse(text, out _));

    [Theory]
    [InlineData(".anna")]
    [InlineData("anna.")]
    [InlineData("an..na")]
    [InlineData(".")]
    public void Dots_stand_anywhere_and_are_written_in_quotes(string localPart)
    {
        Assert.True(EmailAddress.TryParse($"{localPart}@example.test", out EmailAddress? address));
        Assert.Equal((localPart, $"\"{localPart}\"@example.test"), (address.LocalPart, address.ToString()));
        Assert.True(EmailAddress.TryParse(address.ToString(), out EmailAddress? again));
        Assert.Equal(address, again);
        Assert.NotEqual(new EmailAddress("anna", "example.test"), address);
    }

    [Fact]
    public void Lengths_are_bounded()
    {
        Assert.True(EmailAddress.TryParse(new string('a', 128) + "@example.test", out _));
        Assert.False(EmailAddress.TryParse(new string('a', 129) + "@example.test", out _));
        Assert.False(EmailAddress.TryParse("a@" + new string('b', 64) + ".test", out _));
        Assert.False(EmailAddress.TryParse("a@" + string.Join('.', Enumerable.Repeat("bbbbbbbbb", 26)), out _));
        Assert.False(EmailAddress.TryParse(new string('ö', 65) + "@example.test", out _));
    }

    [Fact]
    public void Domains_compare_without_case_and_local_parts_with_it()
    {
        EmailAddress address = new("Anna", "Example.TEST");
        Assert.Equal(new EmailAddress("Anna", "example.test"), address);
        Assert.Equal(new EmailAddress("Anna", "example.test").GetHashCode(), address.GetHashCode());
        Assert.NotEqual(new EmailAddress("anna", "example.test"), address);
        Assert.False(address.Equals(null));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        Gen<string> localParts = Gen.Elements("abc.@ \"\\<>[],;:()-+ö".ToCharArray()).NonEmptyListOf().Select(chars => string.Concat(chars.Take(60)));
        Prop.ForAll(localParts.ToArbitrary(), localPart =>
        {
            var address = new EmailAddress(localPart, "example.test");
            return EmailAddress.TryParse(address.ToString(), out EmailAddress? read) && read.Equals(address);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_makes_reading_throw() =>
        Prop.ForAll<string?>(text => EmailAddress.TryParse(text, out EmailAddress? address) ? address.ToString().Length > 2 : address is null)
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", false)]
    [InlineData("Subject", true)]
    [InlineData("X-A_b.c", true)]
    [InlineData("a:b", false)]
    [InlineData("a b", false)]
    [InlineData("a\r\nb", false)]
    [InlineData("ö", false)]
    public void Field_names_are_checked(string name, bool isName)
    {
        Assert.Equal(isName, HeaderEdit.IsFieldName(name));
        Assert.Equal(isName, Record.Exception(() => new HeaderEdit.Add(name, "x")) is null);
        Assert.Equal(isName, Record.Exception(() => new MessageBuilder().Header(name, "x")) is null);
    }

    [Fact]
    public void A_refusal_needs_5yz_and_a_deferral_4yz()
    {
        Assert.Throws<ArgumentException>(() => Verdict.Refuse(SmtpReply.LocalError("x")));
        Assert.Throws<ArgumentException>(() => Verdict.Defer(SmtpReply.PolicyRefusal("x")));
        Assert.Equal("550 5.7.1 a b", SmtpReply.PolicyRefusal("a\nb").ToString());
    }
}
