using System.Net.Sockets;
using System.Text;
using PluginMail.Configuration.Options;

namespace PluginMail.Configuration.Tests;

/// <summary>The smarthost and the routes.</summary>
public sealed class RelayHostTests
{
    [Theory]
    [InlineData("smarthost = \"smtp.example.org\"", "smtp.example.org", 25)]
    [InlineData("smarthost = \"smtp.example.org:2525\"", "smtp.example.org", 2525)]
    [InlineData("smarthost = \"192.0.2.1\"", "192.0.2.1", 25)]
    [InlineData("smarthost = \"[2001:db8::1]:26\"", "2001:db8::1", 26)]
    [InlineData("smarthost = \"2001:db8::1\"", "2001:db8::1", 25)]
    [InlineData("smarthost = \"[2001:db8::1]\"", "2001:db8::1", 25)]
    [InlineData("smarthost = \"/run/lmtp\"", "/run/lmtp", 0)]
    [InlineData("smarthost = \"smtp.example.org\"\nsmarthost_tls = \"implicit\"", "smtp.example.org", 465)]
    [InlineData("smarthost = \"smtp.example.org\"\nsmarthost_user = \"u\"\nsmarthost_password = \"p\"", "smtp.example.org", 587)]
    [InlineData("smarthost = \"mda.example.org\"\nsmarthost_protocol = \"lmtp\"", "mda.example.org", 24)]
    public void Smarthosts(string text, string host, int port)
    {
        RelayHost relay = Parse("[relay]\n" + text).Relay.Smarthost!;
        Assert.Equal((host, port), (relay.Host, relay.Port));
    }

    [Fact]
    public void A_password_can_stand_in_a_file_and_is_never_shown()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "pa ss\r\nmore\n");
        MailServerOptions options = Parse($"[relay]\nsmarthost = \"h.example\"\nsmarthost_user = \"u\"\nsmarthost_password_file = \"{file}\"");
        File.Delete(file);
        Assert.Equal("pa ss", options.Relay.Smarthost!.Password.Value);
        Assert.DoesNotContain("pa ss", options.ToString());
        Assert.DoesNotContain("pa ss", options.Relay.ToString());
        Assert.Equal(RelayTls.Required, options.Relay.Smarthost.Tls);
    }

    [Fact]
    public void Routes_and_addresses()
    {
        MailServerOptions options = Parse("""
            [[routes]]
            domain = "Example.org"
            host = "10.0.0.5:2525"
            [[routes]]
            domain = ".example.net"
            [outbound]
            bind = ["192.0.2.1", "2001:db8::1"]
            """);
        Assert.Equal(["example.org", ".example.net"], options.Routes.Select(static route => route.Domain));
        Assert.Equal(RelayTls.Opportunistic, options.Routes[0].Host!.Tls);
        Assert.Null(options.Routes[1].Host);
        Assert.Equal("2001:db8::1", options.Outbound.BindFor(AddressFamily.InterNetworkV6)!.ToString());
        Assert.Null(new OutboundOptions().BindFor(AddressFamily.InterNetwork));
    }

    [Fact]
    public void A_password_that_anybody_on_the_way_can_read_is_warned_of()
    {
        var result = ConfigurationFile.Parse("[relay]\nsmarthost = \"h.example\"\nsmarthost_tls = \"opportunistic\"\nsmarthost_user = \"u\"\nsmarthost_password = \"p\""u8, "mail.toml");
        Assert.True(result.IsUsable);
        Assert.Contains("can read the password", Assert.Single(result.Findings).ToString());
    }

    private static MailServerOptions Parse(string text)
    {
        var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "mail.toml");
        Assert.Empty(result.Findings);
        return result.Options!;
    }
}
