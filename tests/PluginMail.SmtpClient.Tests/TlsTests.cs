using System.Security.Cryptography.X509Certificates;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Queue;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests;

/// <summary>How connections are protected, and what happens where they cannot be.</summary>
public sealed class TlsTests
{
    private static readonly X509Certificate2 Good = SendingBench.Certificate("mx.example.org");

    private static HostTlsPolicy Verified => new() { Requirement = TlsRequirement.Verified, Check = WebPki.Check, Name = "MTA-STS" };

    private static SmtpClientOptions Trusting(SmtpClientOptions options) => options with { TrustedRoots = [Good] };

    [Fact]
    public async Task TLS_is_used_where_it_is_offered()
    {
        await using var peer = new ScriptedPeer { Certificate = Good };
        await using var bench = new SendingBench(peer);
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsPositive);
        Assert.Equal("TLSv1.3 unverified", outcome.Tls);
        Assert.Equal("EHLO STARTTLS EHLO MAIL RCPT DATA", peer.Verbs);
        Assert.Null(Assert.Single(bench.Reports).Failure);
    }

    [Theory]
    [InlineData("not TLS at all\r\n")]
    [InlineData("")]
    [InlineData(ScriptedPeer.Silence)]
    public async Task Opportunistic_TLS_that_breaks_off_is_left_out(string fault)
    {
        await using var peer = new ScriptedPeer { Certificate = Good, Replies = { ["HANDSHAKE"] = fault } };
        var clock = new FakeTime();
        await using var bench = new SendingBench(peer, clock: clock);
        OutboundOutcome outcome = await peer.WhileSilentAsync(clock, () => bench.SendAsync());
        Assert.True(outcome.Reply.IsPositive, outcome.Reply.ToString());
        Assert.Null(outcome.Tls);
        Assert.Equal("EHLO STARTTLS EHLO MAIL RCPT DATA", peer.Verbs);
        Assert.Equal(TlsFailureKind.ValidationFailure, Assert.Single(bench.Reports).Failure!.Kind);
    }

    [Theory]
    [InlineData("454 4.7.0 not now")]
    [InlineData("502 5.5.1 what?")]
    public async Task Opportunistic_TLS_that_is_refused_is_left_out(string reply)
    {
        await using var peer = new ScriptedPeer { Certificate = Good, Replies = { ["STARTTLS"] = reply } };
        await using var bench = new SendingBench(peer);
        Assert.True((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal("EHLO STARTTLS MAIL RCPT DATA", peer.Verbs);
    }

    [Theory]
    [InlineData(TlsRequirement.Encrypted)]
    [InlineData(TlsRequirement.Verified)]
    public async Task Required_TLS_that_is_not_offered_stops_the_message(TlsRequirement requirement)
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer) { Policy = _ => Verified with { Requirement = requirement } };
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsTransient);
        Assert.True(outcome.IsDestinationDown);
        Assert.DoesNotContain("MAIL", peer.Verbs);
        Assert.Equal(TlsFailureKind.StartTlsNotSupported, Assert.Single(bench.Reports).Failure!.Kind);
    }

    [Theory]
    [InlineData("HANDSHAKE", "junk")]
    [InlineData("STARTTLS", "454 4.7.0 not now")]
    [InlineData("STARTTLS", "220 go\r\n250 injected")]
    public async Task Required_TLS_that_fails_stops_the_message(string step, string fault)
    {
        await using var peer = new ScriptedPeer { Certificate = Good, Replies = { [step] = fault } };
        await using var bench = new SendingBench(peer) { Policy = static _ => new HostTlsPolicy { Requirement = TlsRequirement.Encrypted } };
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsTransient, outcome.Reply.ToString());
        Assert.Empty(peer.Messages);
        Assert.DoesNotContain("MAIL", peer.Verbs);
    }

    [Fact]
    public async Task A_verified_certificate_stands_in_the_outcome()
    {
        await using var peer = new ScriptedPeer { Certificate = Good };
        await using var bench = new SendingBench(peer, Trusting) { Policy = static _ => Verified };
        Assert.Equal("TLSv1.3 verified (MTA-STS)", (await bench.SendAsync()).Tls);
    }

    [Fact]
    public async Task A_certificate_that_the_policy_refuses_stops_the_message()
    {
        await using var peer = new ScriptedPeer { Certificate = SendingBench.Certificate("mx.example.org") };
        await using var bench = new SendingBench(peer, Trusting) { Policy = static _ => Verified };
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal("454 4.7.5", $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.Empty(peer.Messages);
        Assert.Equal(TlsFailureKind.CertificateNotTrusted, Assert.Single(bench.Reports).Failure!.Kind);
    }

    [Theory]
    [InlineData("other.example.org", 0, TlsFailureKind.CertificateHostMismatch)]
    [InlineData("mx.example.org", 30, TlsFailureKind.CertificateExpired)]
    public async Task The_reason_is_reported(string name, int age, TlsFailureKind kind)
    {
        using X509Certificate2 certificate = SendingBench.Certificate(name, TimeSpan.FromDays(age));
        await using var peer = new ScriptedPeer { Certificate = certificate };
        await using var bench = new SendingBench(peer, options => options with { TrustedRoots = [certificate] }) { Policy = static _ => Verified };
        Assert.False((await bench.SendAsync()).Reply.IsPositive);
        Assert.Equal(kind, Assert.Single(bench.Reports).Failure!.Kind);
    }

    [Fact]
    public async Task A_policy_that_only_watches_stops_nothing_and_reports()
    {
        await using var peer = new ScriptedPeer { Certificate = Good };
        await using var bench = new SendingBench(peer) { Policy = static _ => Verified with { Requirement = TlsRequirement.Opportunistic } };
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsPositive);
        Assert.Equal("TLSv1.3 unverified", outcome.Tls);
        Assert.Equal(TlsFailureKind.CertificateNotTrusted, Assert.Single(bench.Reports).Failure!.Kind);
    }

    [Fact]
    public async Task A_host_that_the_policy_forbids_is_passed_over()
    {
        await using var peer = new ScriptedPeer();
        await using var bench = new SendingBench(peer)
        {
            Policy = static _ => new HostTlsPolicy { Refusal = new SmtpReply(451, new EnhancedStatusCode(4, 7, 5), "no TLSA records now") },
        };
        Assert.Equal("451 4.7.5 no TLSA records now", (await bench.SendAsync()).Reply.ToString());
        Assert.Equal(0, peer.Connections);
    }

    [Fact]
    public async Task REQUIRETLS_is_asked_of_a_host_that_keeps_it()
    {
        await using var peer = new ScriptedPeer { Certificate = Good };
        peer.Capabilities.Add("REQUIRETLS");
        await using var bench = new SendingBench(peer, Trusting) { Policy = static _ => Verified };
        OutboundMessage message = SendingBench.Message(SendingBench.Text) with { RequiresTls = true };
        Assert.True((await bench.SendAsync(message))[0].Reply.IsPositive);
        Assert.Contains(peer.Commands, static command => command.StartsWith("MAIL", StringComparison.Ordinal) && command.EndsWith(" REQUIRETLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task REQUIRETLS_goes_where_DNSSEC_vouches_for_the_host()
    {
        await using var peer = new ScriptedPeer { Certificate = Good };
        peer.Capabilities.Add("REQUIRETLS");
        await using var bench = new SendingBench(peer, Trusting);
        bench.Dns.IsAuthenticated = true;
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text) with { RequiresTls = true }))[0];
        Assert.True(outcome.Reply.IsPositive, outcome.Reply.ToString());
        Assert.Equal("TLSv1.3 verified (REQUIRETLS)", outcome.Tls);
    }

    [Fact]
    public async Task A_policy_hears_what_DNSSEC_vouches_for()
    {
        await using var peer = new ScriptedPeer();
        var hosts = new List<MailHost>();
        await using var bench = new SendingBench(peer)
        {
            Policy = host =>
            {
                hosts.Add(host);
                return HostTlsPolicy.Opportunistic;
            },
        };
        await bench.SendAsync();
        bench.Dns.IsAuthenticated = true;
        await bench.SendAsync();
        Assert.Equal(
            [new MailHost("example.org", "mx.example.org", peer.Port, false, false), new MailHost("example.org", "mx.example.org", peer.Port, true, true)], hosts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task REQUIRETLS_is_not_broken(bool isVerified)
    {
        await using var peer = new ScriptedPeer { Certificate = Good };
        await using var bench = new SendingBench(peer, Trusting) { Policy = _ => isVerified ? Verified : HostTlsPolicy.Opportunistic };
        OutboundOutcome outcome = (await bench.SendAsync(SendingBench.Message(SendingBench.Text) with { RequiresTls = true }))[0];
        Assert.Equal("550 5.7.30", $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.Empty(peer.Messages);
    }

    [Fact]
    public async Task Implicit_TLS_begins_at_once()
    {
        using X509Certificate2 certificate = SendingBench.Certificate("localhost");
        await using var peer = new ScriptedPeer { Certificate = certificate, IsTlsImplicit = true };
        var relay = new RelayRoute("localhost", peer.Port) { Tls = RouteTls.Implicit };
        await using var bench = new SendingBench(peer, options => options with { Routes = new RouteTable([], relay), TrustedRoots = [certificate] });
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsPositive, outcome.Reply.ToString());
        Assert.Equal("TLSv1.3 verified", outcome.Tls);
        Assert.Equal("EHLO MAIL RCPT DATA", peer.Verbs);
        Assert.Empty(bench.Reports);
    }

    [Theory]
    [InlineData("PLAIN LOGIN", "AUTH PLAIN AHVzZXIAc2VjcmV0")]
    [InlineData("LOGIN", "AUTH LOGIN")]
    public async Task A_relay_is_logged_in_at_under_TLS(string mechanisms, string first)
    {
        int step = 0;
        await using var peer = new ScriptedPeer
        {
            Certificate = Good,
            Choose = command => command switch
            {
                "AUTH PLAIN AHVzZXIAc2VjcmV0" => "235 2.7.0 in",
                "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                "dXNlcg==" when step++ == 0 => "334 UGFzc3dvcmQ6",
                "c2VjcmV0" when step == 1 => "235 2.7.0 in",
                _ => null,
            },
        };
        peer.Capabilities.Add($"AUTH {mechanisms}");
        await using var bench = new SendingBench(peer, options => options with { Routes = new RouteTable([], Relay(peer)) });
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.True(outcome.Reply.IsPositive, outcome.Reply.ToString());
        Assert.Contains(first, peer.Commands);
    }

    [Fact]
    public async Task A_refused_login_waits_for_the_setting_to_be_put_right()
    {
        await using var peer = new ScriptedPeer { Certificate = Good, Replies = { ["AUTH"] = "535 5.7.8 no" } };
        peer.Capabilities.Add("AUTH PLAIN");
        await using var bench = new SendingBench(peer, options => options with { Routes = new RouteTable([], Relay(peer)) });
        OutboundOutcome outcome = await bench.SendAsync();
        Assert.Equal("454 4.7.8", $"{outcome.Reply.Code} {outcome.Reply.Status}");
        Assert.True(outcome.IsDestinationDown);
        Assert.DoesNotContain("secret", outcome.Reply.Text);
    }

    [Fact]
    public async Task A_password_is_never_sent_in_clear_unless_TLS_is_switched_off()
    {
        await using var peer = new ScriptedPeer();
        peer.Capabilities.Add("AUTH PLAIN");
        await using var bench = new SendingBench(peer, options => options with { Routes = new RouteTable([], Relay(peer)) });
        Assert.Equal(454, (await bench.SendAsync()).Reply.Code);
        Assert.DoesNotContain("AUTH", peer.Verbs);
        await using var open = new SendingBench(peer, options => options with { Routes = new RouteTable([], Relay(peer) with { Tls = RouteTls.None }) });
        await open.SendAsync();
        Assert.Contains("AUTH", peer.Verbs);
        Assert.DoesNotContain("secret", open.Options.ToString());
        Assert.DoesNotContain("secret", Relay(peer).ToString());
    }

    /// <summary>The example of RFC 7677 section 3.</summary>
    [Fact]
    public void SCRAM_gives_the_standards_example()
    {
        var scram = new ScramClient(new RelayCredentials("user", "pencil"), "rOprNGfwEbeRWgbNEkqO");
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", scram.First);
        string final = scram.Final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")!;
        Assert.Equal("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", final);
        Assert.True(scram.IsGenuine("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        Assert.False(scram.IsGenuine("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        Assert.False(scram.IsGenuine("e=other-error"));
        Assert.Null(scram.Final("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        Assert.Null(scram.Final("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000"));
    }

    [Fact]
    public async Task A_relay_that_does_not_know_the_password_is_not_believed()
    {
        await using var peer = new ScriptedPeer { Certificate = Good, Choose = static command =>
        {
            if (!command.StartsWith("AUTH SCRAM", StringComparison.Ordinal))
            {
                return command.Length > 60 && !command.Contains(' ', StringComparison.Ordinal) ? "235 2.7.0 dj1BQUFB" : null;
            }

            string first = Encoding.ASCII.GetString(Convert.FromBase64String(command.Split(' ')[2]));
            return "334 " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"r={first.Split("r=")[1]}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        } };
        peer.Capabilities.Add("AUTH SCRAM-SHA-256 PLAIN");
        await using var bench = new SendingBench(peer, options => options with { Routes = new RouteTable([], Relay(peer)) });
        Assert.Contains("does not prove", (await bench.SendAsync()).Reply.Text);
        Assert.DoesNotContain("MAIL", peer.Verbs);
    }

    private static RelayRoute Relay(ScriptedPeer peer) => new("127.0.0.1", peer.Port) { Credentials = new RelayCredentials("user", "secret") };
}
