using PluginMail.Abstractions;

namespace PluginMail.MailAuth.Tests.Spf;

/// <summary>RFC 7208 appendix A: its zone, its policies, and what they say of its hosts.</summary>
public sealed class AppendixATests
{
    [Theory]
    [InlineData("v=spf1 +all", "192.0.2.1", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.10", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.11", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.65", SpfResult.Fail)]
    [InlineData("v=spf1 a:example.org -all", "192.0.2.10", SpfResult.Fail)]
    [InlineData("v=spf1 mx -all", "192.0.2.129", SpfResult.Pass)]
    [InlineData("v=spf1 mx -all", "192.0.2.130", SpfResult.Pass)]
    [InlineData("v=spf1 mx -all", "192.0.2.140", SpfResult.Fail)]
    [InlineData("v=spf1 mx:example.org -all", "192.0.2.140", SpfResult.Pass)]
    [InlineData("v=spf1 mx mx:example.org -all", "192.0.2.140", SpfResult.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131", SpfResult.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.143", SpfResult.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.132", SpfResult.Fail)]
    [InlineData("v=spf1 ptr -all", "192.0.2.65", SpfResult.Pass)]
    [InlineData("v=spf1 ptr -all", "192.0.2.140", SpfResult.Fail)]
    [InlineData("v=spf1 ptr -all", "10.0.0.4", SpfResult.Fail)]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", SpfResult.Pass)]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", SpfResult.Fail)]
    public async Task A_1_simple_examples(string policy, string client, SpfResult expected) =>
        Assert.Equal(expected, (await Check.MailFromAsync(Zone().Txt("example.com", policy), client, "strong-bad@example.com")).Result);

    [Theory]
    [InlineData("192.0.2.140", SpfResult.Pass)]
    [InlineData("192.0.2.129", SpfResult.Pass)]
    [InlineData("192.0.2.65", SpfResult.Fail)]
    public async Task A_2_multiple_domains(string client, SpfResult expected)
    {
        ZoneResolver zone = Zone()
            .Txt("example.org", "v=spf1 include:example.com include:example.net -all")
            .Txt("example.com", "v=spf1 mx -all")
            .Txt("example.net", "v=spf1 ip4:192.0.2.140 -all")
            .Txt("la.example.org", "v=spf1 redirect=example.org");
        Assert.Equal(expected, (await Check.MailFromAsync(zone, client, "a@example.org")).Result);
        Assert.Equal(expected, (await Check.MailFromAsync(zone, client, "a@la.example.org")).Result);
    }

    [Theory]
    [InlineData("192.0.2.65", SpfResult.Fail)]
    [InlineData("192.0.2.66", SpfResult.Pass)]
    public async Task A_3_dns_block_list_style(string client, SpfResult expected)
    {
        ZoneResolver zone = Zone()
            .Txt("example.com", "v=spf1 -exists:%{ir}.bl.example.org ~exists:%{l}.%{d} +all")
            .Add("65.2.0.192.bl.example.org", DnsRecordType.A, "127.0.0.2");
        Assert.Equal(expected, (await Check.MailFromAsync(zone, client, "mary@example.com")).Result);
    }

    [Fact]
    public async Task A_4_multiple_requirements()
    {
        ZoneResolver zone = Zone()
            .Txt("example.com", "v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all")
            .Txt("ip4._spf.example.com", "v=spf1 -ip4:192.0.2.0/24 +all")
            .Txt("ptr._spf.example.com", "v=spf1 -ptr +all");
        Assert.Equal(SpfResult.Fail, (await Check.MailFromAsync(zone, "192.0.2.65", "a@example.com")).Result); // the ptr there is ptr._spf.example.com
        Assert.Equal(SpfResult.Fail, (await Check.MailFromAsync(zone, "198.51.100.1", "a@example.com")).Result);
    }

    private static ZoneResolver Zone() => new ZoneResolver()
        .Add("example.com", DnsRecordType.MX, "10 mail-a.example.com", "20 mail-b.example.com")
        .Add("example.com", DnsRecordType.A, "192.0.2.10", "192.0.2.11")
        .Add("amy.example.com", DnsRecordType.A, "192.0.2.65")
        .Add("bob.example.com", DnsRecordType.A, "192.0.2.66")
        .Add("mail-a.example.com", DnsRecordType.A, "192.0.2.129")
        .Add("mail-b.example.com", DnsRecordType.A, "192.0.2.130")
        .Add("example.org", DnsRecordType.MX, "10 mail-c.example.org")
        .Add("mail-c.example.org", DnsRecordType.A, "192.0.2.140")
        .Add("10.2.0.192.in-addr.arpa", DnsRecordType.PTR, "example.com")
        .Add("11.2.0.192.in-addr.arpa", DnsRecordType.PTR, "example.com")
        .Add("65.2.0.192.in-addr.arpa", DnsRecordType.PTR, "amy.example.com")
        .Add("66.2.0.192.in-addr.arpa", DnsRecordType.PTR, "bob.example.com")
        .Add("129.2.0.192.in-addr.arpa", DnsRecordType.PTR, "mail-a.example.com")
        .Add("130.2.0.192.in-addr.arpa", DnsRecordType.PTR, "mail-b.example.com")
        .Add("140.2.0.192.in-addr.arpa", DnsRecordType.PTR, "mail-c.example.org")
        .Add("4.0.0.10.in-addr.arpa", DnsRecordType.PTR, "bob.example.com");
}
