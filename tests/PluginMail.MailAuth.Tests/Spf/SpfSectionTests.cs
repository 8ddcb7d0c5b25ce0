using System.Net;
using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.MailAuth.Tests.Spf;

/// <summary>RFC 7208 section by section, in cases of our own.</summary>
public sealed class SpfSectionTests
{
    private const string Domain = "example.com";

    [Fact]
    public async Task Section_2_3_helo_is_checked_as_postmaster()
    {
        ZoneResolver zone = new ZoneResolver().Txt("mail.example.com", "v=spf1 exists:%{l}.%{h} -all").Add("postmaster.mail.example.com", DnsRecordType.A, "127.0.0.2");
        SpfVerification helo = await new SpfVerifier(zone, new FakeTime(), "r.example.org").VerifyAsync(
            SpfIdentity.Helo, IPAddress.Loopback, "mail.example.com", new EmailAddress("a", "other.example.com"), CancellationToken.None);
        Assert.Equal((SpfResult.Pass, "mail.example.com", "postmaster@mail.example.com"), (helo.Result, helo.Domain, helo.Sender));
    }

    [Fact]
    public async Task Section_2_4_the_null_sender_is_postmaster_at_the_helo_name()
    {
        ZoneResolver zone = new ZoneResolver().Txt("mail.example.com", "v=spf1 ip4:192.0.2.1 -all");
        Assert.Equal(SpfResult.Pass, (await Check.MailFromAsync(zone, "192.0.2.1", "")).Result);
        Assert.Equal(SpfResult.None, (await Check.MailFromAsync(zone, "192.0.2.1", "", "[192.0.2.1]")).Result);
        Assert.Equal(SpfResult.None, (await Check.MailFromAsync(zone, "192.0.2.1", "", "localhost")).Result);
    }

    [Theory]
    [InlineData("v=spf1", SpfResult.Neutral)]
    [InlineData("V=SPF1 -ALL", SpfResult.Fail)]
    [InlineData("v=spf10 -all", SpfResult.None)]
    [InlineData("v=spf1\t-all", SpfResult.None)]
    [InlineData(" v=spf1 -all", SpfResult.None)]
    [InlineData("spf2.0/pra -all", SpfResult.None)]
    [InlineData("v=spf1   -all   ", SpfResult.Fail)]
    public async Task Section_4_5_selecting_records(string record, SpfResult expected) => Assert.Equal(expected, await Check.RecordAsync(record));

    [Fact]
    public async Task Section_4_5_several_records() => Assert.Equal(
        SpfResult.PermError,
        (await Check.MailFromAsync(new ZoneResolver().Txt(Domain, "v=spf1 -all", "v=spf1 +all", "other"), "192.0.2.1", "a@example.com")).Result);

    [Fact]
    public async Task Section_4_4_a_failing_look_up() =>
        Assert.Equal(SpfResult.TempError, (await Check.MailFromAsync(new ZoneResolver().Fail(Domain), "192.0.2.1", "a@example.com")).Result);

    [Theory]
    [InlineData("v=spf1 all:")]
    [InlineData("v=spf1 all/8")]
    [InlineData("v=spf1 all=1x ++all")]
    [InlineData("v=spf1 include")]
    [InlineData("v=spf1 include:")]
    [InlineData("v=spf1 include:example.com/24")]
    [InlineData("v=spf1 a:")]
    [InlineData("v=spf1 a/33")]
    [InlineData("v=spf1 a/08")]
    [InlineData("v=spf1 a//129")]
    [InlineData("v=spf1 a:/24")]
    [InlineData("v=spf1 a/")]
    [InlineData("v=spf1 a//")]
    [InlineData("v=spf1 a:192.0.2.1")]
    [InlineData("v=spf1 a:example.com:8080")]
    [InlineData("v=spf1 a:museum")]
    [InlineData("v=spf1 a:foo.example.-com")]
    [InlineData("v=spf1 a:foo.example.com-")]
    [InlineData("v=spf1 mx:%{d")]
    [InlineData("v=spf1 mx:%(d}.example.com")]
    [InlineData("v=spf1 mx:%{x}.example.com")]
    [InlineData("v=spf1 mx:%{d0}.example.com")]
    [InlineData("v=spf1 mx:%{c}.example.com")]
    [InlineData("v=spf1 mx:%")]
    [InlineData("v=spf1 mx:%{d;}")]
    [InlineData("v=spf1 ptr:")]
    [InlineData("v=spf1 ptr/24")]
    [InlineData("v=spf1 exists")]
    [InlineData("v=spf1 ip4:")]
    [InlineData("v=spf1 ip4:192.0.2.1/33")]
    [InlineData("v=spf1 ip4:192.0.2")]
    [InlineData("v=spf1 ip4:192.0.2.01")]
    [InlineData("v=spf1 ip4:192.0.2.256")]
    [InlineData("v=spf1 ip4:192.0.2.1//32")]
    [InlineData("v=spf1 ip6:192.0.2.1")]
    [InlineData("v=spf1 ip6:2001:db8::/129")]
    [InlineData("v=spf1 ip6:2001:db8:::1")]
    [InlineData("v=spf1 ip6:fe80::1%1")]
    [InlineData("v=spf1 ip6:[::1]")]
    [InlineData("v=spf1 unknown")]
    [InlineData("v=spf1 -all,")]
    [InlineData("v=spf1 redirect=")]
    [InlineData("v=spf1 redirect=a.example.com redirect=b.example.com")]
    [InlineData("v=spf1 exp=a.example.com exp=b.example.com")]
    [InlineData("v=spf1 exp=")]
    [InlineData("v=spf1 moo=%{abc}")]
    [InlineData("v=spf1 \u00e4ll")]
    public async Task Section_4_6_an_error_anywhere_is_permanent(string record) =>
        Assert.Equal(SpfResult.PermError, await Check.RecordAsync(record.Replace("v=spf1 ", "v=spf1 +all ", StringComparison.Ordinal)));

    [Theory]
    [InlineData("v=spf1 moo.cow-far_out=man:dog/cat -all", SpfResult.Fail)]
    [InlineData("v=spf1 moo= -all", SpfResult.Fail)]
    [InlineData("v=spf1 ip4:192.0.2.1/32 -all", SpfResult.Pass)]
    [InlineData("v=spf1 ip4:192.0.2.1/0 -all", SpfResult.Pass)]
    [InlineData("v=spf1 ip4:192.0.3.0/23 -all", SpfResult.Pass)]
    [InlineData("v=spf1 ip4:192.0.3.0/24 ?all", SpfResult.Neutral)]
    [InlineData("v=spf1 ip6:::/0 ~all", SpfResult.SoftFail)]
    [InlineData("v=spf1 ip6:::ffff:192.0.2.1 -all", SpfResult.Fail)]
    public async Task Section_5_networks_and_section_6_unknown_modifiers(string record, SpfResult expected) =>
        Assert.Equal(expected, await Check.RecordAsync(record));

    [Theory]
    [InlineData("2001:db8::5", "v=spf1 ip6:2001:db8::/120 -all", SpfResult.Pass)]
    [InlineData("2001:db8::105", "v=spf1 ip6:2001:db8::/120 -all", SpfResult.Fail)]
    [InlineData("::ffff:192.0.2.1", "v=spf1 ip4:192.0.2.1 -all", SpfResult.Pass)]
    [InlineData("2001:db8::5", "v=spf1 a:host.example.com/8//64 -all", SpfResult.Pass)]
    [InlineData("192.0.2.77", "v=spf1 a:host.example.com/24//64 -all", SpfResult.Pass)]
    [InlineData("192.0.2.77", "v=spf1 a:host.example.com//64 -all", SpfResult.Fail)]
    public async Task Section_5_both_families(string client, string record, SpfResult expected)
    {
        ZoneResolver zone = new ZoneResolver().Add("host.example.com", DnsRecordType.A, "192.0.2.1").Add("host.example.com", DnsRecordType.AAAA, "2001:db8::1");
        Assert.Equal(expected, await Check.RecordAsync(record, client, zone));
    }

    [Theory]
    [InlineData("v=spf1 +all", SpfResult.Pass)]
    [InlineData("v=spf1 -all", SpfResult.Neutral)]
    [InlineData("v=spf1 ~all", SpfResult.Neutral)]
    [InlineData("v=spf1 ?all", SpfResult.Neutral)]
    [InlineData("v=spf1 nonsense", SpfResult.PermError)]
    [InlineData("nothing", SpfResult.PermError)]
    public async Task Section_5_2_include(string included, SpfResult expected) =>
        Assert.Equal(expected, await Check.RecordAsync("v=spf1 include:in.example.com ?all", zone: new ZoneResolver().Txt("in.example.com", included)));

    [Fact]
    public async Task Section_5_2_include_of_a_failing_domain() =>
        Assert.Equal(SpfResult.TempError, await Check.RecordAsync("v=spf1 include:in.example.com -all", zone: new ZoneResolver().Fail("in.example.com")));

    [Theory]
    [InlineData("a", DnsRecordType.A)]
    [InlineData("mx", DnsRecordType.MX)]
    [InlineData("exists:x.example.com", DnsRecordType.A)]
    public async Task Section_5_temporary_errors(string mechanism, DnsRecordType type) => Assert.Equal(
        SpfResult.TempError,
        await Check.RecordAsync($"v=spf1 {mechanism} -all", zone: new ZoneResolver().Fail(Domain, type).Fail("x.example.com", type)));

    [Fact]
    public async Task Section_5_5_a_failing_ptr_does_not_match() =>
        Assert.Equal(SpfResult.Fail, await Check.RecordAsync("v=spf1 ptr -all", zone: new ZoneResolver().Fail("1.2.0.192.in-addr.arpa")));

    [Theory]
    [InlineData(10, SpfResult.Fail)]
    [InlineData(11, SpfResult.PermError)]
    public async Task Section_4_6_4_ten_terms(int count, SpfResult expected)
    {
        var zone = new ZoneResolver();
        for (int i = 0; i < count; i++)
        {
            zone.Add($"h{i}.example.com", DnsRecordType.A, "198.51.100.1");
        }

        string terms = string.Join(' ', Enumerable.Range(0, count).Select(i => $"a:h{i}.example.com"));
        Assert.Equal(expected, await Check.RecordAsync($"v=spf1 {terms} -all", zone: zone));
    }

    [Theory]
    [InlineData(2, SpfResult.Fail)]
    [InlineData(3, SpfResult.PermError)]
    public async Task Section_4_6_4_two_void_look_ups(int count, SpfResult expected)
    {
        string terms = string.Join(' ', Enumerable.Range(0, count).Select(i => $"exists:v{i}.example.com"));
        Assert.Equal(expected, await Check.RecordAsync($"v=spf1 {terms} -all"));
    }

    [Fact]
    public async Task Section_4_6_4_a_loop_of_includes_ends()
    {
        ZoneResolver zone = new ZoneResolver().Txt("loop.example.com", "v=spf1 include:loop.example.com");
        Assert.Equal(SpfResult.PermError, (await Check.MailFromAsync(zone, "192.0.2.1", "a@loop.example.com")).Result);
        Assert.InRange(zone.Queries.Count, 1, 12);
    }

    [Theory]
    [InlineData(10, SpfResult.Pass)]
    [InlineData(11, SpfResult.PermError)]
    public async Task Section_4_6_4_ten_mx_names(int count, SpfResult expected)
    {
        var zone = new ZoneResolver();
        for (int i = 0; i < count; i++)
        {
            zone.Add(Domain, DnsRecordType.MX, $"{i} m{i}.example.com").Add($"m{i}.example.com", DnsRecordType.A, $"192.0.2.{i + 1}");
        }

        Assert.Equal(expected, await Check.RecordAsync("v=spf1 mx -all", zone: zone));
    }

    [Fact]
    public async Task Section_4_6_4_ptr_names_after_the_tenth_are_ignored()
    {
        var zone = new ZoneResolver();
        for (int i = 0; i < 11; i++)
        {
            string name = i == 10 ? "right.example.com" : $"wrong{i}.example.net";
            zone.Add("1.2.0.192.in-addr.arpa", DnsRecordType.PTR, name).Add(name, DnsRecordType.A, "192.0.2.1");
        }

        Assert.Equal(SpfResult.Fail, await Check.RecordAsync("v=spf1 ptr -all", zone: zone));
    }

    [Theory]
    [InlineData("redirect=other.example.com", "v=spf1 ip4:192.0.2.1 -all", SpfResult.Pass)]
    [InlineData("redirect=other.example.com", "no policy", SpfResult.PermError)]
    [InlineData("redirect=other.example.com ?all", "v=spf1 -all", SpfResult.Neutral)]
    [InlineData("redirect=%{d2}", "unused", SpfResult.PermError)]
    public async Task Section_6_1_redirect(string terms, string other, SpfResult expected) =>
        Assert.Equal(expected, await Check.RecordAsync($"v=spf1 {terms}", zone: new ZoneResolver().Txt("other.example.com", other)));

    [Theory]
    [InlineData("See http://%{d}/why.html?s=%{S}&i=%{I}", "See http://example.com/why.html?s=user%40example.com&i=192.0.2.1")]
    [InlineData("%{c} %{r} %{h} %{p} %{v} %% %_ %-", "192.0.2.1 receiver.example.org mail.example.com unknown in-addr %   %20")]
    [InlineData("bad %{", null)]
    [InlineData("\u00e4", null)]
    public async Task Section_6_2_explanations(string text, string? expected)
    {
        ZoneResolver zone = new ZoneResolver().Txt(Domain, "v=spf1 -all exp=why.%{d}").Txt("why.example.com", text);
        Assert.Equal(expected, (await Check.MailFromAsync(zone, "192.0.2.1", "user@example.com")).Explanation);
    }

    [Fact]
    public async Task Section_6_2_the_explanation_of_an_included_domain_is_not_used()
    {
        ZoneResolver zone = new ZoneResolver()
            .Txt(Domain, "v=spf1 -include:in.example.com -all exp=mine.example.com").Txt("in.example.com", "v=spf1 +all exp=theirs.example.com")
            .Txt("mine.example.com", "mine").Txt("theirs.example.com", "theirs");
        Assert.Equal("mine", (await Check.MailFromAsync(zone, "192.0.2.1", "user@example.com")).Explanation);
    }

    /// <summary>The table of section 7.4.</summary>
    [Theory]
    [InlineData("%{s}", "strong-bad@email.example.com")]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d3}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "strong-bad")]
    [InlineData("%{l-}", "strong.bad")]
    [InlineData("%{lr}", "strong-bad")]
    [InlineData("%{lr-}", "bad.strong")]
    [InlineData("%{l1r-}", "strong")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com")]
    [InlineData("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com")]
    [InlineData("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net")]
    [InlineData("%{d99999999999999999999}", "email.example.com")]
    public void Section_7_4_expansion(string text, string expected) =>
        Assert.Equal(expected, SpfMacroString.TryParse(text, isExplanation: false)!.Expand(Values(IPAddress.Parse("192.0.2.3"))));

    [Fact]
    public void Section_7_4_expansion_of_ip6() => Assert.Equal(
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
        SpfMacroString.TryParse("%{ir}.%{v}._spf.%{d2}", isExplanation: false)!.Expand(Values(IPAddress.Parse("2001:db8::cb01"))));

    [Fact]
    public void Section_7_3_a_long_name_loses_labels_at_the_left()
    {
        string text = string.Concat(Enumerable.Repeat("abcdefghi.", 30)) + "example.com";
        string name = SpfMacroString.TryParseDomain(text)!.ExpandDomain(Values(IPAddress.Loopback))!;
        Assert.InRange(name.Length, 244, 253);
        Assert.EndsWith(".abcdefghi.example.com", name, StringComparison.Ordinal);
        Assert.StartsWith("abcdefghi.", name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_grows_without_bound_is_an_error()
    {
        string record = "v=spf1 exists:" + string.Concat(Enumerable.Repeat("%{s}", 3000)) + " -all";
        Assert.Equal(SpfResult.PermError, await Check.RecordAsync(record));
    }

    [Fact]
    public async Task A_sender_of_another_script_is_asked_for_as_A_labels()
    {
        ZoneResolver zone = new ZoneResolver().Txt("xn--bcher-kva.example", "v=spf1 ip4:192.0.2.1 -all");
        Assert.Equal(SpfResult.Pass, (await Check.MailFromAsync(zone, "192.0.2.1", "a@b\u00fccher.example")).Result);
    }

    private static SpfMacroValues Values(IPAddress client) => new()
    {
        Client = client, Helo = "mx.example.org", LocalPart = "strong-bad", SenderDomain = "email.example.com", Domain = "email.example.com",
        Receiver = "example.net", Timestamp = 1,
    };
}
