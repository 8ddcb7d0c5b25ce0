using PluginMail.Testing;

namespace PluginMail.MailAuth.Tests.Dkim;

/// <summary>Signed messages that others published, and the corpus of MimeKit.</summary>
public sealed class PublishedVectorTests
{
    /// <summary>RFC 8463 appendix A: one message, signed with both algorithms.</summary>
    private const string Rfc8463 =
        "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n" +
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n date : message-id : from : subject : date;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n" +
        "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\nSubject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\nMessage-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n" +
        "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

    private static readonly ZoneResolver Keys8463 = new ZoneResolver()
        .Txt("brisbane._domainkey.football.example.com", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
        .Txt(
            "test._domainkey.football.example.com",
            "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");

    [Fact]
    public async Task Rfc_8463_appendix_A()
    {
        DkimVerification[] results = await Verifying.DkimAsync(Rfc8463, Keys8463);
        Assert.All(results, result => Assert.Equal((DkimResult.Pass, (string?)null), (result.Result, result.Problem)));
        Assert.Equal(["ed25519-sha256", "rsa-sha256"], results.Select(result => result.Algorithm));
        Assert.Equal("/gCrinpc", results[0].Signature);
    }

    [Fact]
    public async Task Rfc_8463_with_one_letter_changed()
    {
        Assert.All(await Verifying.DkimAsync(Rfc8463.Replace("Joe.", "Jim.", StringComparison.Ordinal), Keys8463), result => Assert.Equal(DkimResult.Fail, result.Result));
        Assert.All(await Verifying.DkimAsync(Rfc8463.Replace("dinner", "supper", StringComparison.Ordinal), Keys8463), result => Assert.Equal(DkimResult.Fail, result.Result));
        string second = Rfc8463.Replace("Message-ID: <2003", "Subject: another\r\nMessage-ID: <2003", StringComparison.Ordinal);
        Assert.All(await Verifying.DkimAsync(second, Keys8463), result => Assert.Equal(DkimResult.Fail, result.Result)); // Subject is oversigned
    }

    /// <summary>The example of RFC 6376 appendix A with the key of its appendix C is rsa-sha256, simple/simple, 1024 bits.</summary>
    [Fact]
    public async Task Rfc_6376_appendix_A()
    {
        const string Message =
            "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n      h=Received : From : To : Subject : Date : Message-ID;\r\n      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n      4bmp/YzhwvcubU4=;\r\n" +
            "Received: from client1.football.example.com  [192.0.2.1]\r\n      by submitserver.example.com with SUBMISSION;\r\n      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\nFrom: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\nSubject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\nMessage-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n" +
            "Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n";
        ZoneResolver keys = new ZoneResolver().Txt(
            "brisbane._domainkey.example.com",
            "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB");
        DkimVerification result = Assert.Single(await Verifying.DkimAsync(Message, keys));
        Assert.Equal((DkimResult.Pass, (string?)null), (result.Result, result.Problem));
        Assert.Equal("joe@football.example.com", result.Identity);
    }

    [SkippableTheory]
    [InlineData("gmail.msg", "gmail.pub", "20120113._domainkey.gmail.com")]
    [InlineData("multipart-no-end-boundary.msg", "gmail.pub", "20120113._domainkey.gmail.com")]
    [InlineData("related.msg", "gmail.pub", "20120113._domainkey.gmail.com")]
    public async Task Corpus(string file, string key, string name)
    {
        string folder = Repository.Path("..", "shared", "corpora", "dkim");
        Skip.IfNot(Directory.Exists(folder), "the corpora are not here");
        string pem = await File.ReadAllTextAsync(Path.Combine(folder, key));
        string[] lines = pem.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ZoneResolver keys = new ZoneResolver().Txt(name, $"v=DKIM1; k=rsa; p={string.Concat(lines[1..^1].Select(line => line.Trim()))}");
        string message = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(folder, file)));
        DkimVerification result = (await Verifying.DkimAsync(message.ReplaceLineEndings("\r\n"), keys))[0];
        Assert.True(result.Result == DkimResult.Pass || result.Problem == "rsa-sha1 is not secure", $"{result}");
    }
}
