namespace PluginMail.MailAuth.Tests.Dkim;

public sealed class DkimSigningKeyTests
{
    [Theory]
    [InlineData(DkimAlgorithm.RsaSha256)]
    [InlineData(DkimAlgorithm.Ed25519Sha256)]
    public void A_key_survives_its_PEM_form(DkimAlgorithm algorithm)
    {
        using var key = DkimSigningKey.Generate("Example.COM", "Sel", algorithm);
        Assert.True(DkimSigningKey.TryFromPem("example.com", "sel", "comment\n" + key.ToPem(), out DkimSigningKey? read));
        using (read)
        {
            Assert.Equal((key.Algorithm, key.DnsText, "sel._domainkey.example.com"), (read.Algorithm, read.DnsText, read.DnsName));
            Assert.Equal(key.ToPem(), read.ToPem());
        }
    }

    [Fact]
    public void The_record_of_an_rsa_key_is_split()
    {
        using var key = DkimSigningKey.Generate("example.com", "s", DkimAlgorithm.RsaSha256);
        Assert.Equal(2, key.DnsStrings.Length);
        Assert.All(key.DnsStrings, text => Assert.InRange(text.Length, 1, 255));
        Assert.Equal(key.DnsText, string.Concat(key.DnsStrings));
        Assert.StartsWith("s._domainkey.example.com. IN TXT ( \"v=DKIM1; k=rsa; p=MII", key.ToZoneLine(), StringComparison.Ordinal);
    }

    /// <summary>RFC 8463 appendix A.2: the seed and its public key.</summary>
    [Fact]
    public void The_key_of_rfc_8463()
    {
        byte[] pkcs8 = [.. Convert.FromHexString("302e020100300506032b657004220420"), .. Convert.FromBase64String("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")];
        Assert.True(DkimSigningKey.TryFromPem("football.example.com", "brisbane", $"-----BEGIN PRIVATE KEY-----\n{Convert.ToBase64String(pkcs8)}\n-----END PRIVATE KEY-----", out DkimSigningKey? key));
        Assert.Equal("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", key.DnsText);
        key.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----")]
    public void What_is_no_key_is_refused(string pem) => Assert.False(DkimSigningKey.TryFromPem("example.com", "s", pem, out _));

    [Fact]
    public void Threads_share_a_key()
    {
        using var key = DkimSigningKey.Generate("example.com", "s", DkimAlgorithm.Ed25519Sha256);
        byte[] hash = new byte[32];
        byte[] expected = key.SignHash(hash);
        Parallel.For(0, 200, _ => Assert.Equal(expected, key.SignHash(hash)));
    }
}
