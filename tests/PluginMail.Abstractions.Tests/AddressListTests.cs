namespace PluginMail.Abstractions.Tests;

/// <summary>Addresses in header fields (RFC 5322 section 3.4), as senders write them and as those write them who want to be taken for others.</summary>
public sealed class AddressListTests
{
    [Theory]
    [InlineData("a@example.org", "a@example.org")]
    [InlineData("Anna <a@example.org>, b@example.org (Bob)", "a@example.org b@example.org")]
    [InlineData("\"Doe, Anna <x@example.net>\" <a@example.org>", "a@example.org")]
    [InlineData("=?utf-8?q?=3Cx=40example=2Enet=3E?= <a@example.org>", "a@example.org")]
    [InlineData("Friends: a@example.org, \"b c\"@example.org;, d@example.org", "a@example.org \"b c\"@example.org d@example.org")]
    [InlineData("<@relay.example,@two.example:a@example.org>", "a@example.org")]
    [InlineData("<@relay.example:a@example.org>", "a@example.org")]
    [InlineData("Anna\r\n <a@example.org>,\r\n\tb@example.org", "a@example.org b@example.org")]
    [InlineData("a (x) @ example . org", "a@example.org")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("nobody", "")]
    [InlineData("", "")]
    public void Those_are_found_that_the_field_is_about(string value, string addresses) => Assert.Equal(addresses, Read(value));

    [Theory]
    [InlineData("<ceo@bank.example> (<x@evil.example>)", "ceo@bank.example")]
    [InlineData("<ceo@bank.example> =?utf-8?q?=3Cx=40evil.example=3E?=", "ceo@bank.example")]
    [InlineData("ceo@bank.example, x@evil.example", "ceo@bank.example x@evil.example")]
    [InlineData("<ceo@bank.example> <x@evil.example>", "ceo@bank.example x@evil.example")]
    [InlineData("<ceo@bank.example", "ceo@bank.example")]
    [InlineData("ceo@bank.example x@evil.example", "ceo@bank.example x@evil.example")]
    [InlineData("<ceo@bank.example>, <x@evil.example>", "ceo@bank.example x@evil.example")]
    public void Nobody_hides_behind_another(string value, string addresses) => Assert.Equal(addresses, Read(value));

    [Theory]
    [InlineData('(')]
    [InlineData('<')]
    [InlineData('"')]
    [InlineData('@')]
    [InlineData(' ')]
    [InlineData('a')]
    public void Whatever_is_repeated_ends_soon(char c) => Assert.Empty(AddressList.Parse(new string(c, 5_000_000)));

    [Fact]
    public void There_is_an_end_of_addresses()
    {
        Assert.Equal(500, AddressList.Parse(string.Concat(Enumerable.Repeat("a@b,", 10_000))).Length);
        Assert.InRange(AddressList.Parse(string.Concat(Enumerable.Repeat("a@b ", 10_000))).Length, 0, 500);
    }

    private static string Read(string value) => string.Join(' ', AddressList.Parse(value));
}
