using System.Net;
using PluginMail.Configuration.Options;

namespace PluginMail.Configuration.Tests.Options;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:2525", "127.0.0.1:2525")]
    [InlineData("localhost:25", "127.0.0.1:25")]
    [InlineData("[::1]:2525", "[::1]:2525")]
    [InlineData("*:25", "*:25")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    public void Address(string text, string written) => Assert.Equal(written, ListenAddress.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData(":25")]
    [InlineData("25")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:+1")]
    [InlineData("127.1:25")]
    [InlineData("::1:25")]
    [InlineData("[127.0.0.1]:25")]
    [InlineData("[::1:25")]
    [InlineData("mail.example.org:25")]
    public void No_address(string text) => Assert.Null(ListenAddress.Parse(text));

    [Theory]
    [InlineData("127.0.0.1:25", "127.0.0.1:25", true)]
    [InlineData("127.0.0.1:25", "127.0.0.2:25", false)]
    [InlineData("127.0.0.1:25", "0.0.0.0:25", true)]
    [InlineData("[::1]:25", "0.0.0.0:25", false)]
    [InlineData("[::1]:25", "127.0.0.1:25", false)]
    [InlineData("*:25", "127.0.0.1:25", true)]
    [InlineData("*:25", "127.0.0.1:26", false)]
    [InlineData("127.0.0.1:0", "127.0.0.1:0", false)]
    public void Overlap(string one, string other, bool expected)
    {
        Assert.Equal(expected, ListenAddress.Parse(one)!.Overlaps(ListenAddress.Parse(other)!));
        Assert.Equal(expected, ListenAddress.Parse(other)!.Overlaps(ListenAddress.Parse(one)!));
    }

    [Theory]
    [InlineData("mail.example.org", true)]
    [InlineData("localhost", true)]
    [InlineData("a-1.example", true)]
    [InlineData("", false)]
    [InlineData("mail.example.org.", false)]
    [InlineData("-a.example", false)]
    [InlineData("a_b.example", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("müller.example", false)]
    public void Hostname(string name, bool expected) => Assert.Equal(expected, DomainSyntax.IsHostname(name));

    [Fact]
    public void Domain_may_have_letters_of_any_script()
    {
        Assert.True(DomainSyntax.IsDomain("müller.example"));
        Assert.False(DomainSyntax.IsDomain("mü ller.example"));
    }

    [Fact]
    public void Relay_networks_hold_mapped_addresses_too()
    {
        var relay = new RelayOptions { Networks = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::/32")] };
        Assert.True(relay.IsAllowed(IPAddress.Parse("10.1.2.3")));
        Assert.True(relay.IsAllowed(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.True(relay.IsAllowed(IPAddress.Parse("2001:db8::1")));
        Assert.False(relay.IsAllowed(IPAddress.Loopback));
    }
}
