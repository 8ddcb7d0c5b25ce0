using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.MailAuth.Tests;

public sealed class MailAuthenticationTests(SharedRsaKey shared) : IClassFixture<SharedRsaKey>
{
    private const string Message = "From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: hi\r\n\r\nbody\r\n";
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task A_message_that_everything_vouches_for()
    {
        AuthenticationOutcome outcome = await EvaluateAsync(Zone(), Sign(Message));
        Assert.Equal(SpfResult.Pass, outcome.SpfMailFrom!.Result);
        Assert.Equal(SpfResult.Pass, outcome.SpfHelo!.Result);
        Assert.Equal(DkimResult.Pass, Assert.Single(outcome.Dkim).Result);
        Assert.Equal((ReverseNameResult.Pass, "mail.example.com"), (outcome.ReverseName!.Result, outcome.ReverseName.Name));
        Assert.Equal((DmarcResult.Pass, DmarcPolicy.Reject, DmarcPolicy.None), (outcome.Dmarc.Result, outcome.Dmarc.Policy, outcome.Dmarc.Disposition));
        string signature = outcome.Dkim[0].Signature;
        Assert.Equal(
            $"""
             mx.example.test;
            	iprev=pass (mail.example.com) policy.iprev=192.0.2.1;
            	spf=pass smtp.mailfrom=ann@example.com;
            	spf=pass smtp.helo=mail.example.com;
            	dkim=pass header.d=example.com header.s=s header.a=rsa-sha256
            		header.b={Quoted(signature)};
            	dmarc=pass (p=reject dis=none) header.from=example.com
            """.ReplaceLineEndings("\r\n"),
            outcome.AuthenticationResults);
        AuthenticationResults read = ResultsReader.TryRead(Encoding.ASCII.GetBytes(outcome.AuthenticationResults))!;
        Assert.Equal(["iprev", "spf", "spf", "dkim", "dmarc"], read.Results.Select(result => result.Method));
    }

    [Theory]
    [InlineData("v=1; a=rsa-sha256; d=list{0}.example.net; s=s; h=from; bh=AAAA; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=list{0}.example.net; s=s; h=from; l={0}; bh=AAAA; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=example.com; s=s{0}; h=from; bh=AAAA; b=AAAA; x=1")]
    [InlineData("v=1; d=example.com")]
    public async Task A_good_signature_of_the_author_is_found_below_many_others(string other)
    {
        string others = string.Concat(Enumerable.Range(1, 12).Select(i => $"DKIM-Signature: {string.Format(System.Globalization.CultureInfo.InvariantCulture, other, i)}\r\n"));
        AuthenticationOutcome outcome = await EvaluateAsync(Zone(), others + Sign(Message));
        Assert.Equal("5 further signatures not looked at", outcome.Dkim[^1].Problem);
        Assert.Equal((DkimResult.Pass, "example.com"), (outcome.Dkim[^2].Result, outcome.Dkim[^2].Domain));
        Assert.True(outcome.Dmarc.IsDkimAligned);
    }

    [Fact]
    public async Task A_forged_message_with_forged_results()
    {
        const string Forged = "Authentication-Results: mx.example.test; dmarc=pass header.from=example.com\r\n" + Message;
        var request = new AuthenticationRequest(Verifying.Content(Forged), IPAddress.Parse("203.0.113.9"), "evil.example", new EmailAddress("x", "evil.example"));
        AuthenticationOutcome outcome = await Authentication(Zone()).EvaluateAsync(request, CancellationToken.None);
        Assert.Equal((DmarcResult.Fail, DmarcPolicy.Reject), (outcome.Dmarc.Result, outcome.Dmarc.Disposition));
        string edited = Verifying.Apply(Forged, outcome.HeaderEdits);
        Assert.DoesNotContain("dmarc=pass", edited, StringComparison.Ordinal);
        Assert.StartsWith("Authentication-Results: mx.example.test;\r\n\tiprev=permerror policy.iprev=203.0.113.9;\r\n\tspf=none smtp.mailfrom=x@evil.example;\r\n", edited, StringComparison.Ordinal);
        Assert.EndsWith("dmarc=fail (p=reject dis=reject) header.from=example.com\r\n" + Message, edited, StringComparison.Ordinal);
        Assert.Equal(("reject", "203.0.113.9"), (outcome.ReportRow!.Disposition.ToString().ToLowerInvariant(), outcome.ReportRow.SourceAddress));
    }

    [Fact]
    public async Task The_null_sender_is_the_helo_name()
    {
        var request = new AuthenticationRequest(Verifying.Content(Message), Client, "mail.example.com", null);
        AuthenticationOutcome outcome = await Authentication(Zone()).EvaluateAsync(request, CancellationToken.None);
        Assert.Equal("mail.example.com", outcome.SpfMailFrom!.Domain);
        Assert.True(outcome.Dmarc.IsSpfAligned); // mail.example.com is of the organization
        Assert.Contains("spf=pass smtp.helo=mail.example.com;", outcome.AuthenticationResults, StringComparison.Ordinal);
        Assert.DoesNotContain("smtp.mailfrom", outcome.AuthenticationResults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_no_client_brought_and_an_account_signed_in()
    {
        var request = new AuthenticationRequest(Verifying.Content(Message), null, null, null) { Authenticated = new EmailAddress("ann", "example.com") };
        AuthenticationOutcome outcome = await Authentication(Zone()).EvaluateAsync(request, CancellationToken.None);
        Assert.Null(outcome.SpfMailFrom);
        Assert.Null(outcome.ReportRow);
        Assert.Contains("auth=pass smtp.auth=ann@example.com;", outcome.AuthenticationResults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_time_is_over_what_is_open_is_temporary()
    {
        var time = new FakeTime();
        var zone = new ZoneResolver { Before = async (_, cancellationToken) => await Task.Delay(Timeout.Infinite, cancellationToken) };
        Task<AuthenticationOutcome> evaluation = new MailAuthentication(zone, time, Verifying.Options).EvaluateAsync(Request(Sign(Message)), CancellationToken.None).AsTask();
        Assert.InRange(zone.Queries.Count, 6, 20); // SPF twice, PTR, the key, the policy's names: all asked for side by side
        Assert.False(evaluation.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(21));
        AuthenticationOutcome outcome = await evaluation;
        Assert.Equal(
            (SpfResult.TempError, SpfResult.TempError, DkimResult.TempError, DmarcResult.TempError, ReverseNameResult.TempError),
            (outcome.SpfMailFrom!.Result, outcome.SpfHelo!.Result, outcome.Dkim[0].Result, outcome.Dmarc.Result, outcome.ReverseName!.Result));
    }

    [Fact]
    public async Task The_end_of_the_session_ends_it()
    {
        using var session = new CancellationTokenSource();
        var zone = new ZoneResolver { Before = async (_, cancellationToken) => await Task.Delay(Timeout.Infinite, cancellationToken) };
        Task<AuthenticationOutcome> evaluation = Authentication(zone).EvaluateAsync(Request(Message), session.Token).AsTask();
        await session.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => evaluation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("no header at all\r\n")]
    [InlineData("From: \u00ff\u00fe <@@>\r\nDKIM-Signature:\r\nARC-Seal:\r\nAuthentication-Results:\r\n")]
    [InlineData("From : a@example.com\r\nDKIM-Signature : v=1; b=; b=\r\n\r\n")]
    public async Task Whatever_comes_gives_an_outcome(string message)
    {
        AuthenticationOutcome outcome = await EvaluateAsync(Zone(), message);
        Assert.NotEqual(DmarcResult.TempError, outcome.Dmarc.Result);
        Assert.NotNull(ResultsReader.TryRead(Encoding.ASCII.GetBytes(outcome.AuthenticationResults)));
    }

    [Fact]
    public async Task A_hostile_header_costs_a_bounded_number_of_look_ups()
    {
        var header = new StringBuilder();
        for (int i = 0; i < 3000; i++)
        {
            header.Append($"DKIM-Signature: v=1; a=rsa-sha256; d=d{i}.a.b.c.d.e.f.g.h.i.example; s=s; h=from; bh=AAAA; b=AAAA\r\nFrom: a@f{i}.a.b.c.d.e.f.example\r\n");
            header.Append($"Authentication-Results: mx.example.test; x=y\r\nARC-Seal: i={i}\r\n");
        }

        ZoneResolver zone = Zone();
        AuthenticationOutcome outcome = await EvaluateAsync(zone, header + "\r\nbody\r\n");
        Assert.InRange(zone.Queries.Count, 1, 8 + (4 * 8) + 10);
        Assert.Equal(DmarcResult.PermError, outcome.Dmarc.Result);
        Assert.Single(outcome.HeaderEdits.OfType<Mime.MimeHeaderEdit.Remove>());
    }

    [Fact]
    public async Task Signing_picks_the_keys_of_the_author()
    {
        using DkimSigningKey key = Key();
        var source = new Keys("example.com", key);
        var signer = new MessageSigner(source, new FakeTime());
        Assert.Single(await signer.SignAsync(Verifying.Content(Message), CancellationToken.None));
        string below = Message.Replace("ann@example.com", "ann@Mail.Dept.example.com", StringComparison.Ordinal);
        string signed = Verifying.Apply(below, await signer.SignAsync(Verifying.Content(below), CancellationToken.None));
        Assert.Equal(["example.com", "mail.dept.example.com", "dept.example.com", "example.com"], source.Asked);
        AuthenticationOutcome outcome = await EvaluateAsync(Zone(), signed);
        Assert.True(outcome.Dmarc.IsDkimAligned, outcome.AuthenticationResults);
        Assert.Empty(await signer.SignAsync(Verifying.Content("Subject: x\r\n\r\n"), CancellationToken.None));
        Assert.Empty(await signer.SignAsync(Verifying.Content("From: a@other.example\r\n\r\n"), CancellationToken.None));
    }

    private static string Quoted(string text) => text.AsSpan().ContainsAny('/', '=') ? $"\"{text}\"" : text;

    private static MailAuthentication Authentication(IDnsResolver dns) => new(dns, new FakeTime(), Verifying.Options);

    private static AuthenticationRequest Request(string message) =>
        new(Verifying.Content(message), Client, "mail.example.com", new EmailAddress("ann", "example.com"));

    private static async Task<AuthenticationOutcome> EvaluateAsync(IDnsResolver dns, string message) =>
        await Authentication(dns).EvaluateAsync(Request(message), CancellationToken.None);

    private ZoneResolver Zone() => new ZoneResolver()
        .Txt("example.com", "v=spf1 a:mail.example.com -all")
        .Txt("mail.example.com", "v=spf1 a -all")
        .Add("mail.example.com", DnsRecordType.A, "192.0.2.1")
        .Add("1.2.0.192.in-addr.arpa", DnsRecordType.PTR, "mail.example.com.")
        .Txt("s._domainkey.example.com", $"v=DKIM1; p={Convert.ToBase64String(shared.Rsa.ExportSubjectPublicKeyInfo())}")
        .Txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:reports@example.com");

    private DkimSigningKey Key() =>
        DkimSigningKey.TryFromPem("example.com", "s", shared.Rsa.ExportPkcs8PrivateKeyPem(), out DkimSigningKey? key) ? key : throw new InvalidOperationException();

    private string Sign(string message)
    {
        using DkimSigningKey key = Key();
        return Verifying.Apply(message, DkimSigner.Sign(ReceivedMessage.Read(Verifying.Content(message)), [key], new FakeTime().GetUtcNow(), CancellationToken.None));
    }

    private sealed class Keys(string domain, DkimSigningKey key) : IDkimKeySource
    {
        public List<string> Asked { get; } = [];

        public ValueTask<System.Collections.Immutable.ImmutableArray<DkimSigningKey>> FindAsync(string asked, CancellationToken cancellationToken)
        {
            Asked.Add(asked);
            return ValueTask.FromResult<System.Collections.Immutable.ImmutableArray<DkimSigningKey>>(asked == domain ? [key] : []);
        }
    }
}
