using System.Security.Cryptography;
using System.Text;

namespace PluginMail.MailAuth.Tests.Dkim;

/// <summary>The rules of RFC 6376, 8301 and 8463 one by one, over signatures made here.</summary>
public sealed class DkimRuleTests(SharedRsaKey shared) : IClassFixture<SharedRsaKey>
{
    private const string Message = "From: ann@example.com\r\nTo: bob@example.org\r\nSubject: hi\r\n\r\nbody\r\n";

    private readonly RSA _rsa = shared.Rsa;

    private string Key => Convert.ToBase64String(_rsa.ExportSubjectPublicKeyInfo());

    [Theory]
    [InlineData("v=1", DkimResult.Pass)]
    [InlineData("v=2", DkimResult.PermError)]
    [InlineData("i=@sub.example.com", DkimResult.Pass)]
    [InlineData("i=ann@example.com", DkimResult.Pass)]
    [InlineData("i=@example.org", DkimResult.PermError)]
    [InlineData("i=@badexample.com", DkimResult.PermError)]
    [InlineData("i=@", DkimResult.PermError)]
    [InlineData("i=ann", DkimResult.PermError)]
    [InlineData("q=dns/txt", DkimResult.Pass)]
    [InlineData("q=x:dns/txt", DkimResult.Pass)]
    [InlineData("q=http", DkimResult.PermError)]
    [InlineData("x=1894999999", DkimResult.Pass)]
    [InlineData("x=1794999999", DkimResult.Pass)] // a second ago, within what clocks differ
    [InlineData("x=1794000000", DkimResult.Policy)]
    [InlineData("x=soon", DkimResult.PermError)]
    [InlineData("t=1795001000", DkimResult.Policy)]
    [InlineData("t=1795000000; x=1795000000", DkimResult.PermError)]
    [InlineData("a=rsa-sha1", DkimResult.PermError)]
    [InlineData("a=rsa-sha512", DkimResult.PermError)]
    [InlineData("a=ed25519-sha256", DkimResult.PermError)]
    [InlineData("c=relaxed", DkimResult.Pass)]
    [InlineData("c=relaxed/strict", DkimResult.PermError)]
    [InlineData("d=com", DkimResult.PermError)]
    [InlineData("s=a b", DkimResult.PermError)]
    [InlineData("h=to:subject", DkimResult.PermError)]
    [InlineData("h=", DkimResult.PermError)]
    [InlineData("h=from:from:nothing:Nothing", DkimResult.Pass)]
    [InlineData("unknown=tag", DkimResult.Pass)]
    [InlineData("d=example.com; d=example.com", DkimResult.PermError)]
    [InlineData("l=6", DkimResult.Pass)]
    [InlineData("l=7", DkimResult.PermError)]
    [InlineData("l=-1", DkimResult.PermError)]
    public async Task Tags(string tags, DkimResult expected)
    {
        DkimVerification result = Assert.Single(await VerifyAsync(Sign(tags)));
        Assert.True(expected == result.Result, $"{result.Result}: {result.Problem}");
    }

    [Theory]
    [InlineData("v=DKIM1; p=KEY", DkimResult.Pass)]
    [InlineData("p=KEY", DkimResult.Pass)]
    [InlineData("p=KEY; v=DKIM1", DkimResult.PermError)]
    [InlineData("v=DKIM2; p=KEY", DkimResult.PermError)]
    [InlineData("v=DKIM1; p=", DkimResult.PermError)]
    [InlineData("v=DKIM1", DkimResult.PermError)]
    [InlineData("v=DKIM1; p=!!!", DkimResult.PermError)]
    [InlineData("v=DKIM1; p=AAAA", DkimResult.PermError)]
    [InlineData("v=DKIM1; k=rsa; p=KEY", DkimResult.Pass)]
    [InlineData("v=DKIM1; k=ed25519; p=KEY", DkimResult.PermError)]
    [InlineData("v=DKIM1; h=sha1:sha256; p=KEY", DkimResult.Pass)]
    [InlineData("v=DKIM1; h=sha1; p=KEY", DkimResult.PermError)]
    [InlineData("v=DKIM1; s=*; p=KEY", DkimResult.Pass)]
    [InlineData("v=DKIM1; s=x:email; p=KEY", DkimResult.Pass)]
    [InlineData("v=DKIM1; s=tlsrpt; p=KEY", DkimResult.PermError)]
    [InlineData("v=DKIM1; t=s; p=KEY", DkimResult.Pass)]
    [InlineData("v=DKIM1; n=notes; g=*; p=KEY;", DkimResult.Pass)]
    [InlineData("v=spf1 -all", DkimResult.PermError)]
    public async Task Key_records(string record, DkimResult expected)
    {
        DkimVerification result = Assert.Single(await VerifyAsync(Sign(""), record));
        Assert.True(expected == result.Result, $"{result.Result}: {result.Problem}");
    }

    [Fact]
    public async Task A_strict_key_allows_no_subdomain_in_i() =>
        Assert.Equal(DkimResult.PermError, (await VerifyAsync(Sign("i=@sub.example.com"), "v=DKIM1; t=y:s; p=KEY"))[0].Result);

    [Fact]
    public async Task A_testing_key_is_said_to_be_one() => Assert.True((await VerifyAsync(Sign(""), "v=DKIM1; t=y; p=KEY"))[0].IsTesting);

    [Fact]
    public async Task A_key_as_RSAPublicKey() =>
        Assert.Equal(DkimResult.Pass, (await VerifyAsync(Sign(""), $"p={Convert.ToBase64String(_rsa.ExportRSAPublicKey())}"))[0].Result);

    [Fact]
    public async Task A_key_of_512_bits_is_refused()
    {
        using var weak = RSA.Create(512);
        DkimVerification result = Assert.Single(await VerifyAsync(Sign("", weak), $"p={Convert.ToBase64String(weak.ExportSubjectPublicKeyInfo())}"));
        Assert.Equal((DkimResult.Policy, "RSA key of 512 bits"), (result.Result, result.Problem));
    }

    [Fact]
    public async Task Keys_that_are_not_there_and_keys_that_cannot_be_asked_for()
    {
        Assert.Equal(DkimResult.PermError, (await Verifying.DkimAsync(Sign(""), new ZoneResolver()))[0].Result);
        Assert.Equal(DkimResult.TempError, (await Verifying.DkimAsync(Sign(""), new ZoneResolver().Fail("s._domainkey.example.com")))[0].Result);
    }

    [Fact]
    public async Task Text_behind_l_is_no_pass_unless_it_is_accepted()
    {
        string signed = Sign("l=6") + "and something that nobody signed\r\n";
        DkimVerification strict = Assert.Single(await VerifyAsync(signed));
        Assert.Equal((DkimResult.Policy, false), (strict.Result, strict.CoversWholeBody));
        DkimVerification lax = Assert.Single(await VerifyAsync(signed, options: Verifying.Options with { AcceptsPartialBodies = true }));
        Assert.Equal((DkimResult.Pass, false), (lax.Result, lax.CoversWholeBody));
    }

    [Theory]
    [InlineData("From: ann", "From: eve")]
    [InlineData("Subject: hi", "Subject: ho")]
    [InlineData("body", "bodY")]
    [InlineData("To: bob@example.org\r\n", "")]
    [InlineData("From: ann", "From: eve@example.com\r\nFrom: ann")]
    public async Task A_change_breaks_it(string old, string changed)
    {
        string signed = Verifying.Sign(Message, SigningKey());
        Assert.Equal(DkimResult.Pass, (await VerifyAsync(signed))[0].Result);
        Assert.Equal(DkimResult.Fail, (await VerifyAsync(signed.Replace(old, changed, StringComparison.Ordinal)))[0].Result);
    }

    [Theory]
    [InlineData("Subject: another\r\n")]
    [InlineData("Cc: eve@example.org\r\n")]
    [InlineData("Reply-To: eve@example.org\r\n")]
    [InlineData("Content-Type: text/html\r\n")]
    [InlineData("From: eve@example.com\r\n")]
    public async Task A_field_added_on_top_breaks_it(string field)
    {
        string signed = Verifying.Sign(Message, SigningKey());
        Assert.Equal(DkimResult.Fail, (await VerifyAsync(field + signed))[0].Result);
        Assert.Equal(DkimResult.Pass, (await VerifyAsync("Received: by relay\r\nList-Id: <x.example.org>\r\n" + signed))[0].Result);
    }

    [Fact]
    public async Task Only_so_many_signatures_are_looked_at()
    {
        string signed = string.Concat(Enumerable.Repeat("DKIM-Signature: v=1\r\n", 20)) + Message;
        DkimVerification[] results = await VerifyAsync(signed);
        Assert.Equal(9, results.Length);
        Assert.Equal("12 further signatures not looked at", results[^1].Problem);
    }

    [Fact]
    public async Task Only_so_many_different_bodies_are_hashed()
    {
        string message = Sign("l=1");
        string fields = string.Concat(Enumerable.Range(2, 5).Select(length => Sign($"l={length}")[..^Message.Length]));
        DkimVerification[] results = await VerifyAsync(message[..^Message.Length] + fields + Message, options: Verifying.Options with { AcceptsPartialBodies = true });
        Assert.Equal(6, results.Length);
        Assert.Equal(2, results.Count(result => result.Problem == "too many different body hashes"));
    }

    [Fact]
    public async Task A_header_over_the_limit_is_not_verified()
    {
        string signed = Verifying.Sign(Message, SigningKey());
        string large = string.Concat(Enumerable.Repeat("X-Large: " + new string('x', 990) + "\r\n", 1100));
        DkimVerification result = Assert.Single(await VerifyAsync(signed.Replace("\r\n\r\n", "\r\n" + large + "\r\n", StringComparison.Ordinal)));
        Assert.Equal((DkimResult.PermError, "header too large"), (result.Result, result.Problem));
    }

    [Fact]
    public async Task A_message_in_a_file_with_bare_line_feeds()
    {
        string text = Message.Replace("body", string.Concat(Enumerable.Repeat("a long body \n", 30_000)), StringComparison.Ordinal);
        string signed = Verifying.Sign(text, SigningKey());
        Assert.Equal(DkimResult.Pass, (await Verifying.DkimAsync(new PiecewiseContent(Encoding.Latin1.GetBytes(signed)), Zone("p=KEY")))[0].Result);
        Assert.Equal(DkimResult.Pass, (await VerifyAsync(signed.ReplaceLineEndings("\r\n")))[0].Result); // as it travels
    }

    private DkimSigningKey SigningKey() =>
        DkimSigningKey.TryFromPem("example.com", "s", _rsa.ExportRSAPrivateKeyPem(), out DkimSigningKey? key) ? key : throw new InvalidOperationException();

    private Task<DkimVerification[]> VerifyAsync(string message, string record = "p=KEY", MailAuthenticationOptions? options = null) =>
        Verifying.DkimAsync(message, Zone(record), options);

    private ZoneResolver Zone(string record) => new ZoneResolver().Txt("s._domainkey.example.com", record.Replace("KEY", Key, StringComparison.Ordinal));

    /// <summary>Signs by hand, with tags that our signer would never write.</summary>
    private string Sign(string tags, RSA? rsa = null)
    {
        var all = new Dictionary<string, string>
        {
            ["v"] = "1", ["a"] = "rsa-sha256", ["c"] = "simple/simple", ["d"] = "example.com", ["s"] = "s", ["h"] = "From:Subject",
            ["bh"] = Convert.ToBase64String(SHA256.HashData("body\r\n"u8)),
        };
        string doubled = "";
        foreach (string tag in tags.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = tag.IndexOf('=', StringComparison.Ordinal);
            doubled += tags.Contains("d=example.com; d=", StringComparison.Ordinal) ? tag + "; " : "";
            all[tag[..equals]] = tag[(equals + 1)..];
        }

        string field = "DKIM-Signature: " + doubled + string.Join("; ", all.Select(tag => $"{tag.Key}={tag.Value}")) + "; b=";
        ReceivedMessage read = ReceivedMessage.Read(Verifying.Content(Message));
        Canonicalization form = all["c"].StartsWith("relaxed", StringComparison.Ordinal) ? Canonicalization.Relaxed : Canonicalization.Simple;
        byte[] hash = SignedHeader.Hash(read.Header, all["h"].Split(':'), form, Encoding.Latin1.GetBytes(field));
        return field + Convert.ToBase64String((rsa ?? _rsa).SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) + "\r\n" + Message;
    }
}
