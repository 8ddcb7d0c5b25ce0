namespace PluginMail.SmtpClient.Tests.Security;

public sealed class StsPolicyTests
{
    [Theory]
    [InlineData("version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n", "Enforce 604800 mail.example.com *.example.net")]
    [InlineData("version:STSv1\r\nmode :testing\r\nmx:\tMAIL.Example.com \r\nmax_age:1\r\n", "Testing 1 mail.example.com")]
    [InlineData("max_age: 10\nmx: a.test\nmode: enforce\nfuture: yes\nnonsense\nversion: STSv1", "Enforce 10 a.test")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 86400\n", "None 86400 ")]
    [InlineData("version: STSv1\nmode: enforce\nmode: none\nmx: a.test\nmax_age: 9999999999\nmax_age: 1\n", "Enforce 31557600 a.test")] // the first counts; a year
    public void Policies_are_read(string text, string expected)
    {
        StsPolicy policy = StsPolicy.Parse(text)!;
        Assert.Equal(expected, $"{policy.Mode} {policy.MaxAge.TotalSeconds} {string.Join(' ', policy.Hosts)}");
        Assert.Equal(policy.Lines, StsPolicy.Parse(string.Join('\n', policy.Lines))!.Lines.AsEnumerable());
    }

    [Theory]
    [InlineData("")]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.test\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforced\nmx: a.test\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: -1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 99999999999999999999\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *.*.test\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a b\nmax_age: 1\n")]
    [InlineData("<html><title>mode: enforce</title></html>")]
    public void What_is_no_policy_is_refused(string text) => Assert.Null(StsPolicy.Parse(text));

    [Fact]
    public void Policy_with_hosts_without_end_is_refused() => Assert.Null(
        StsPolicy.Parse("version: STSv1\nmode: enforce\nmax_age: 1\n" + string.Concat(Enumerable.Range(0, 201).Select(i => $"mx: m{i}.test\n"))));

    [Theory]
    [InlineData("mail.example.com", true)]
    [InlineData("a.example.net", true)]
    [InlineData("example.net", false)]
    [InlineData("a.b.example.net", false)]
    [InlineData("aexample.net", false)]
    [InlineData("other.example.com", false)]
    [InlineData("*.example.net", true)] // no host is called so
    public void Patterns_cover_one_label(string host, bool isCovered) => Assert.Equal(
        isCovered, new StsPolicy(StsMode.Enforce, TimeSpan.FromDays(1), ["mail.example.com", "*.example.net"]).Covers(host));

    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")]
    [InlineData("v=STSv1;id=a", "a")]
    [InlineData("v=spf1 -all|v=STSv1 ; x=y; id=1 ;", "1")]
    [InlineData("v=STSv1; id=1;|v=STSv1; id=2;", null)]
    [InlineData("v=STSv1; id=;", null)]
    [InlineData("v=STSv1; id=a_b;", null)]
    [InlineData("v=STSv1; id=123456789012345678901234567890123;", null)]
    [InlineData("v=STSv1", null)]
    [InlineData("id=1; v=STSv1", null)]
    [InlineData("v=STSv11; id=1", null)]
    public void Ids_are_read(string records, string? id) => Assert.Equal(id, StsRecord.FindId(records.Split('|')));

    [Theory]
    [InlineData("v=TLSRPTv1;rua=mailto:reports@example.com", "mailto:reports@example.com")]
    [InlineData("v=TLSRPTv1; rua=mailto:a@example.com , https://example.com/v1/tlsrpt;", "mailto:a@example.com|https://example.com/v1/tlsrpt")]
    [InlineData("v=TLSRPTv1;rua=mailto:a@b.test^v=TLSRPTv1;rua=mailto:c@b.test", "")]
    [InlineData("v=TLSRPTv1", "")]
    public void Report_addresses_are_read(string records, string addresses) =>
        Assert.Equal(addresses, string.Join('|', StsRecord.FindReportAddresses(records.Split('^'))));
}
