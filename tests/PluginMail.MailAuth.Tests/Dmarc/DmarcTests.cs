using System.Collections.Immutable;
using System.Text;

namespace PluginMail.MailAuth.Tests.Dmarc;

public sealed class DmarcTests
{
    [Theory]
    [InlineData("v=DMARC1; p=reject", "Reject,,")]
    [InlineData("v=DMARC1;p=Quarantine;sp=none;np=reject;", "Quarantine,None,Reject")]
    [InlineData("v = DMARC1 ; p = none ; unknown ; x=y", "None,,")]
    [InlineData("v=DMARC1; rua=mailto:a@example.com", "None,,")]
    [InlineData("v=DMARC1; p=bad; rua=mailto:a@example.com", "None,,")]
    [InlineData("v=DMARC1; p=reject; pct=200; sp=bad", "Reject,,")]
    [InlineData("v=DMARC1; p=bad", null)]
    [InlineData("v=DMARC1", null)]
    [InlineData("p=reject; v=DMARC1", null)]
    [InlineData("v=dmarc1; p=reject", null)]
    [InlineData("v=DMARC2; p=reject", null)]
    [InlineData("", null)]
    public void Records(string text, string? expected)
    {
        DmarcRecord? record = DmarcRecord.TryParse(text);
        Assert.Equal(expected, record is null ? null : $"{record.Policy},{record.SubdomainPolicy},{record.NonexistentPolicy}");
    }

    [Theory]
    [InlineData("example.com", "example.com", "example.com")]
    [InlineData("a.mail.example.com", "example.com", "example.com")]
    [InlineData("dept.example.com", "dept.example.com", "dept.example.com")] // psd=n
    [InlineData("x.dept.example.com", "dept.example.com", "dept.example.com")]
    [InlineData("own.example.com", "example.com", "own.example.com")]
    [InlineData("shop.bank", "shop.bank", "bank")] // psd=y above
    [InlineData("www.shop.bank", "shop.bank", "bank")]
    [InlineData("bank", "bank", "bank")]
    [InlineData("nothing.example.net", "nothing.example.net", null)]
    [InlineData("a.b.c.d.e.f.g.h.i.j.example.com", "example.com", "example.com")]
    public async Task The_tree_walk(string domain, string organizational, string? policy)
    {
        ZoneResolver zone = new ZoneResolver()
            .Txt("_dmarc.example.com", "v=DMARC1; p=reject").Txt("_dmarc.own.example.com", "v=DMARC1; p=none")
            .Txt("_dmarc.dept.example.com", "v=DMARC1; p=none; psd=n").Txt("_dmarc.bank", "v=DMARC1; p=reject; psd=y")
            .Txt("_dmarc.net", "unrelated");
        DmarcStanding standing = await new DmarcTree(zone).FindAsync(domain, CancellationToken.None);
        Assert.Equal((organizational, policy), (standing.OrganizationalDomain, standing.PolicyDomain));
        Assert.InRange(zone.Queries.Count, 1, 8);
    }

    [Fact]
    public async Task Two_records_are_none()
    {
        ZoneResolver zone = new ZoneResolver().Txt("_dmarc.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=none");
        Assert.Null((await new DmarcTree(zone).FindAsync("example.com", CancellationToken.None)).Record);
    }

    [Theory]
    [InlineData("p=reject", "example.com", "", DmarcResult.Pass, DmarcPolicy.None)]
    [InlineData("p=reject", "mail.example.com", "", DmarcResult.Pass, DmarcPolicy.None)]
    [InlineData("p=reject; aspf=s", "mail.example.com", "", DmarcResult.Fail, DmarcPolicy.Reject)]
    [InlineData("p=reject", "badexample.com", "", DmarcResult.Fail, DmarcPolicy.Reject)]
    [InlineData("p=quarantine", "", "example.org", DmarcResult.Fail, DmarcPolicy.Quarantine)]
    [InlineData("p=none", "", "", DmarcResult.Fail, DmarcPolicy.None)]
    [InlineData("p=reject", "", "sub.example.com", DmarcResult.Pass, DmarcPolicy.None)]
    [InlineData("p=reject; adkim=s", "", "sub.example.com", DmarcResult.Fail, DmarcPolicy.Reject)]
    [InlineData("p=reject; adkim=s", "", "example.org example.com", DmarcResult.Pass, DmarcPolicy.None)]
    [InlineData("p=reject; t=y", "", "", DmarcResult.Fail, DmarcPolicy.Quarantine)]
    [InlineData("p=quarantine; t=y", "", "", DmarcResult.Fail, DmarcPolicy.None)]
    [InlineData("p=reject; pct=51", "", "", DmarcResult.Fail, DmarcPolicy.Reject)] // the sample is 50
    [InlineData("p=reject; pct=50", "", "", DmarcResult.Fail, DmarcPolicy.Quarantine)]
    [InlineData("p=reject; pct=0", "", "", DmarcResult.Fail, DmarcPolicy.Quarantine)]
    public async Task Alignment_and_disposition(string record, string spf, string dkim, DmarcResult result, DmarcPolicy disposition)
    {
        ZoneResolver zone = new ZoneResolver().Txt("_dmarc.example.com", $"v=DMARC1; {record}");
        DmarcVerification outcome = await VerifyAsync(zone, "From: a@example.com", spf, dkim);
        Assert.Equal((result, disposition), (outcome.Result, outcome.Disposition));
    }

    [Theory]
    [InlineData("sub.example.com", DmarcPolicy.Quarantine)]
    [InlineData("missing.example.com", DmarcPolicy.Reject)]
    [InlineData("example.com", DmarcPolicy.None)]
    public async Task Subdomains_and_names_that_do_not_exist(string author, DmarcPolicy disposition)
    {
        ZoneResolver zone = new ZoneResolver().Txt("_dmarc.example.com", "v=DMARC1; p=none; sp=quarantine; np=reject").Empty("sub.example.com").Empty("example.com");
        Assert.Equal(disposition, (await VerifyAsync(zone, $"From: a@{author}", "", "")).Disposition);
    }

    [Fact]
    public async Task A_subdomain_that_is_an_organization_of_its_own_does_not_vouch()
    {
        ZoneResolver zone = new ZoneResolver().Txt("_dmarc.example.com", "v=DMARC1; p=reject").Txt("_dmarc.dept.example.com", "v=DMARC1; p=none; psd=n");
        Assert.Equal(DmarcResult.Fail, (await VerifyAsync(zone, "From: a@example.com", "dept.example.com", "")).Result);
    }

    [Theory]
    [InlineData("Subject: no author", DmarcResult.PermError)]
    [InlineData("From:", DmarcResult.PermError)]
    [InlineData("From: undisclosed:;", DmarcResult.PermError)]
    [InlineData("From: not an address", DmarcResult.PermError)]
    [InlineData("From: a@[192.0.2.1]", DmarcResult.PermError)]
    [InlineData("From: a@example.com, b@example.com", DmarcResult.Pass)]
    [InlineData("From: a@example.com, b@sub.example.com", DmarcResult.Pass)]
    [InlineData("From: a@example.com, b@victim.example", DmarcResult.Fail)]
    [InlineData("From: a@example.com\r\nFrom: b@victim.example", DmarcResult.Fail)]
    [InlineData("From: b@victim.example\r\nFrom: a@example.com", DmarcResult.Fail)]
    [InlineData("From: a@example.com, broken", DmarcResult.PermError)]
    [InlineData("From: \"b@victim.example\" <a@example.com>", DmarcResult.Pass)]
    [InlineData("From: b@nothing.example.org", DmarcResult.None)]
    [InlineData("From: a@EXAMPLE.com", DmarcResult.Pass)]
    [InlineData("From: a@example.com.", DmarcResult.PermError)] // no address, but what people read
    [InlineData("From: a@victim.example.", DmarcResult.Fail)]
    [InlineData("From: a b c@victim.example", DmarcResult.Fail)]
    public async Task Authors(string from, DmarcResult expected)
    {
        ZoneResolver zone = new ZoneResolver().Txt("_dmarc.example.com", "v=DMARC1; p=reject").Txt("_dmarc.victim.example", "v=DMARC1; p=reject");
        DmarcVerification outcome = await VerifyAsync(zone, from, "example.com", "");
        Assert.True(expected == outcome.Result, $"{outcome}");
        Assert.Equal(expected == DmarcResult.Fail ? DmarcPolicy.Reject : DmarcPolicy.None, outcome.Disposition);
    }

    [Fact]
    public async Task What_dns_cannot_say_is_temporary()
    {
        Assert.Equal(DmarcResult.TempError, (await VerifyAsync(new ZoneResolver().Fail("_dmarc.example.com"), "From: a@example.com", "", "")).Result);
        ZoneResolver zone = new ZoneResolver().Txt("_dmarc.example.com", "v=DMARC1; p=reject");
        var authors = AuthorDomains.Read(HeaderFields.Read("From: a@example.com\r\n"u8.ToArray()));
        var spf = new SpfVerification(SpfIdentity.MailFrom, SpfResult.TempError, "example.com", "", null, null, null);
        Assert.Equal(DmarcResult.TempError, (await new DmarcVerifier(new DmarcTree(zone), zone, () => 0).VerifyAsync(authors, spf, [], CancellationToken.None)).Result);
    }

    private static async Task<DmarcVerification> VerifyAsync(ZoneResolver zone, string from, string spfDomain, string dkimDomains)
    {
        AuthorDomains authors = AuthorDomains.Read(HeaderFields.Read(Encoding.Latin1.GetBytes(from + "\r\n")));
        SpfVerification spf = new(SpfIdentity.MailFrom, spfDomain.Length == 0 ? SpfResult.Fail : SpfResult.Pass, spfDomain, "", null, null, null);
        ImmutableArray<DkimVerification> dkim = [.. dkimDomains.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(domain => new DkimVerification(DkimResult.Pass, domain, "s", "@" + domain, "rsa-sha256", "", null, false, true))];
        return await new DmarcVerifier(new DmarcTree(zone), zone, () => 50).VerifyAsync(authors, spf, dkim, CancellationToken.None);
    }
}
