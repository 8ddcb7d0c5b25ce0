using System.Text;

namespace PluginMail.MailAuth.Tests.Results;

public sealed class ResultsTests
{
    [Theory] // RFC 8601 appendix B, and what others write
    [InlineData("example.org 1; none", "example.org", "")]
    [InlineData(" example.com;\r\n spf=pass smtp.mailfrom=example.net", "example.com", "spf=pass smtp.mailfrom=example.net")]
    [InlineData(" example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net", "example.com", "auth=pass smtp.auth=sender@example.net|spf=pass smtp.mailfrom=example.net")]
    [InlineData(" example.com;\r\n iprev=pass\r\n policy.iprev=192.0.2.200", "example.com", "iprev=pass policy.iprev=192.0.2.200")]
    [InlineData(" foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462", "foo.example.net", "dkim=fail policy.expired=1362471462")]
    [InlineData(" example.com; dkim=pass reason=\"good \\\"signature\\\"\" header.i=@mail-router.example.net;", "example.com", "dkim=pass reason good \"signature\" header.i=@mail-router.example.net")]
    [InlineData(" \"quoted id\"; spf=none", "quoted id", "spf=none")]
    public void Fields_are_read(string value, string id, string expected)
    {
        AuthenticationResults read = ResultsReader.TryRead(Encoding.ASCII.GetBytes(value))!;
        Assert.Equal(id, read.AuthservId);
        Assert.Equal(expected, string.Join('|', read.Results.Select(result =>
            $"{result.Method}={result.Result}{(result.Reason is null ? "" : " reason " + result.Reason)}{string.Concat(result.Properties.Select(one => $" {one.Name}={one.Value}"))}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("(unclosed; spf=pass")]
    [InlineData("a; spf")]
    [InlineData("a; spf=")]
    [InlineData("a; spf=pass smtp")]
    [InlineData("a; spf=pass smtp.mailfrom")]
    [InlineData("a; =pass")]
    [InlineData("a; \"unclosed")]
    [InlineData("a x; spf=pass")]
    public void What_is_no_field_is_refused(string value) => Assert.Null(ResultsReader.TryRead(Encoding.ASCII.GetBytes(value)));

    [Fact]
    public void What_is_written_reads_the_same()
    {
        var results = new AuthenticationResults("mx.example.test",
        [
            new("spf", "pass", null, "a (comment) \\", [("smtp.mailfrom", "\"odd; local\"@example.com")]),
            new("dkim", "fail", "say \"why\"", null, [("header.d", "example.com"), ("header.i", "@example.com"), ("header.b", "ab/+c=de"), ("header.s", new string('s', 60))]),
        ]);
        string text = ResultsWriter.Write(results);
        AuthenticationResults read = ResultsReader.TryRead(Encoding.ASCII.GetBytes(text))!;
        Assert.Equal(results.Results.SelectMany(one => one.Properties), read.Results.SelectMany(one => one.Properties));
        Assert.Equal("say \"why\"", read.Results[1].Reason);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 110));
    }

    [Fact]
    public void Nothing_that_a_sender_chooses_begins_a_field()
    {
        string text = ResultsWriter.Write(new AuthenticationResults("mx", [new("spf", "fail", "a\r\nX: y", "b\r\n\r\nc", [("smtp.mailfrom", "d\r\nX-Evil: e")])]));
        Assert.DoesNotContain("\r\nX", text.Replace("\r\n\t", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text.Replace("\r\n\t", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "A,C")]
    [InlineData(true, "")]
    public void Forged_fields_go(bool removesAll, string left)
    {
        const string Message =
            "Authentication-Results: (x) MX.example.test; spf=pass\r\nAuthentication-Results: other.example; A=pass\r\n"
            + "Authentication-Results: mx.example.test. 1; spf=pass\r\nAuthentication-Results: (broken mx.example.test; spf=pass\r\n"
            + "Subject: x\r\nauthentication-results:\r\n \"mx.example.test\"; spf=pass\r\nAuthentication-Results: mx.example.test.evil; C=pass\r\n\r\n";
        HeaderFields header = ReceivedMessage.Read(Verifying.Content(Message)).Header;
        string edited = Verifying.Apply(Message, ForgedResults.Remove(header, "mx.example.test", removesAll));
        string[] kept = [.. ReceivedFields(edited).Select(value => value[value.IndexOf(';', StringComparison.Ordinal) + 2].ToString())];
        Assert.Equal(left, string.Join(',', kept));
        Assert.Contains("Subject: x", edited, StringComparison.Ordinal);
    }

    private static IEnumerable<string> ReceivedFields(string message)
    {
        HeaderFields header = ReceivedMessage.Read(Verifying.Content(message)).Header;
        return header.Find("Authentication-Results").Select(index => Encoding.Latin1.GetString(header.ValueOf(index).Span));
    }
}
