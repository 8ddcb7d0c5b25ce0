using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.SmtpClient;
using PluginMail.SmtpClient.Tests;
using PluginMail.Storage;

namespace PluginMail.Queue.Tests;

/// <summary>A fault at each step of the dialog with another server, through the queue and the real transport: what stands in the queue then, and who is told.</summary>
public sealed class DialogFaultTests
{
    private const string To = "x@elsewhere.test";

    /// <summary>Faults that pass: step, fault, what the row says of it, and how often the message has got there when all is well again.</summary>
    public static TheoryData<string, string, string, int> Passing => new()
    {
        { "CONNECT", ScriptedPeer.Drop, "451 4.4.2", 1 },
        { "CONNECT", ScriptedPeer.Silence, "451 4.4.2", 1 },
        { "CONNECT", "421 4.3.2 busy", "421 4.3.2", 1 },
        { "CONNECT", "451 4.3.0 later", "451 4.3.0", 1 },
        { "CONNECT", "554 5.7.1 go away", "451 4.7.1", 1 },
        { "EHLO", ScriptedPeer.Drop, "451 4.4.2", 1 },
        { "EHLO", ScriptedPeer.Silence, "451 4.4.2", 1 },
        { "EHLO", "421 4.3.2 busy", "421 4.3.2", 1 },
        { "EHLO", "451 4.3.0 later", "451 4.3.0", 1 },
        { "MAIL", ScriptedPeer.Drop, "451 4.4.2", 1 },
        { "MAIL", ScriptedPeer.Silence, "451 4.4.2", 1 },
        { "MAIL", "421 4.3.2 busy", "421 4.3.2", 1 },
        { "MAIL", "451 4.7.1 later", "451 4.7.1", 1 },
        { "RCPT", ScriptedPeer.Drop, "451 4.4.2", 1 },
        { "RCPT", ScriptedPeer.Silence, "451 4.4.2", 1 },
        { "RCPT", "421 4.3.2 busy", "421 4.3.2", 1 },
        { "RCPT", "450 4.2.1 greylisted", "450 4.2.1", 1 },
        { "RCPT", "452 4.5.3 too many", "452 4.5.3", 1 },
        { "DATA", ScriptedPeer.Drop, "451 4.4.2", 1 },
        { "DATA", ScriptedPeer.Silence, "451 4.4.2", 1 },
        { "DATA", "421 4.3.2 busy", "421 4.3.2", 1 },
        { "DATA", "451 4.3.0 later", "451 4.3.0", 1 },
        { "DOT", ScriptedPeer.Drop, "451 4.4.2", 2 }, // SMTP's own window: it may have been taken
        { "DOT", ScriptedPeer.Silence, "451 4.4.2", 2 },
        { "DOT", "421 4.3.2 busy", "421 4.3.2", 2 },
        { "DOT", "451 4.3.0 later", "451 4.3.0", 2 },
    };

    /// <summary>Faults that stay: step, fault, what the report says.</summary>
    public static TheoryData<string, string, string> Lasting => new()
    {
        { "MAIL", "550 5.7.1 not you", "Status: 5.7.1" },
        { "MAIL", "552 5.3.4 too large", "Status: 5.3.4" },
        { "RCPT", "550 5.1.1 unknown", "Status: 5.1.1" },
        { "RCPT", "550 unknown", "550 unknown" },
        { "RCPT", "553 5.1.3 what a name", "Status: 5.1.3" },
        { "DATA", "554 5.7.1 no", "Status: 5.7.1" },
        { "DOT", "550 5.7.1 spam", "Status: 5.7.1" },
        { "DOT", "554 5.6.0 broken", "Status: 5.6.0" },
    };

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_passes_is_tried_again_and_nobody_is_told(string step, string fault, string reply, int times)
    {
        await using var peer = new ScriptedPeer { Replies = { [step] = fault } };
        await using QueueBench bench = await OpenAsync(peer.Port);
        await bench.EnqueueAsync("anna", null, To);
        await RunAsync(bench, peer);
        QueueEntry waiting = await bench.OnlyAsync();
        QueueRecipient recipient = Assert.Single(waiting.Recipients);
        Assert.Equal((QueueRecipientStatus.Waiting, 1), (recipient.Status, recipient.Attempts));
        Assert.StartsWith(reply, recipient.LastReply, StringComparison.Ordinal);
        Assert.InRange(recipient.NextAttempt, bench.Clock.GetUtcNow().AddSeconds(1), bench.Clock.GetUtcNow().AddMinutes(5));
        Assert.Equal(times - 1, peer.Messages.Count);

        peer.Replies.Clear();
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        Assert.Equal(times, peer.Messages.Count);
        Assert.All(peer.Messages, octets => Assert.Equal(QueueBench.Message, Encoding.UTF8.GetString(octets)));
        Assert.Empty(await bench.Mail.ReadAsync("anna"));
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task What_stays_is_reported_once_and_not_tried_again(string step, string fault, string report)
    {
        await using var peer = new ScriptedPeer { Replies = { [step] = fault } };
        await using QueueBench bench = await OpenAsync(peer.Port);
        await bench.EnqueueAsync("anna", null, To);
        await bench.EnqueueAsync(null, null, To);
        await bench.RunAsync();
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        peer.Replies.Clear();
        await bench.RunAsync();
        Assert.Empty(await bench.Mail.QueueAsync());
        string told = Assert.Single(await bench.Mail.ReadAsync("anna")); // of the null sender's nobody is
        Assert.Contains(report, told, StringComparison.Ordinal);
        Assert.Contains($"Final-Recipient: rfc822; {To}", told, StringComparison.Ordinal);
        Assert.Equal(step == "DOT" ? 2 : 0, peer.Messages.Count);
    }

    [Fact]
    public async Task A_port_that_is_closed_is_tried_again()
    {
        var peer = new ScriptedPeer();
        int port = peer.Port;
        await peer.DisposeAsync();
        await using QueueBench bench = await OpenAsync(port);
        await bench.EnqueueAsync("anna", null, To);
        await bench.RunAsync();
        Assert.StartsWith("451 4.4.1", Assert.Single((await bench.OnlyAsync()).Recipients).LastReply, StringComparison.Ordinal);
        await using var again = new ScriptedPeer(port: port);
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        await bench.RunAsync();
        Assert.Single(again.Messages);
        Assert.Empty(await bench.Mail.QueueAsync());
    }

    [Theory]
    [InlineData("STARTTLS", "454 4.7.0 not now")]
    [InlineData("STARTTLS", "501 5.5.4 what")]
    [InlineData("STARTTLS", ScriptedPeer.Drop)]
    [InlineData("STARTTLS", ScriptedPeer.Silence)]
    [InlineData("HANDSHAKE", "no TLS at all, but octets enough to see it")]
    [InlineData("HANDSHAKE", ScriptedPeer.Silence)]
    public async Task TLS_that_breaks_off_is_left_out_where_it_may_be_and_waited_for_where_it_may_not(string step, string fault)
    {
        using X509Certificate2 certificate = Certificate();
        foreach (RouteTls tls in new[] { RouteTls.Opportunistic, RouteTls.Required })
        {
            await using var peer = new ScriptedPeer { Replies = { [step] = fault }, Certificate = certificate };
            await using QueueBench bench = await OpenAsync(peer.Port, tls);
            await bench.EnqueueAsync("anna", null, To);
            await RunAsync(bench, peer);
            if (tls == RouteTls.Opportunistic)
            {
                Assert.Single(peer.Messages);
                Assert.Empty(await bench.Mail.QueueAsync());
                continue;
            }

            Assert.Empty(peer.Messages);
            Assert.Equal(QueueRecipientStatus.Waiting, Assert.Single((await bench.OnlyAsync()).Recipients).Status);
            peer.Replies.Clear();
            bench.Clock.Advance(TimeSpan.FromMinutes(6));
            await bench.RunAsync();
            Assert.Single(peer.Messages);
        }
    }

    private static Task<int> RunAsync(QueueBench bench, ScriptedPeer peer) => peer.WhileSilentAsync(bench.Clock, bench.RunAsync);

    private static Task<QueueBench> OpenAsync(int port, RouteTls tls = RouteTls.None)
    {
        var options = new SmtpClientOptions("mx.example.test")
        {
            Routes = new RouteTable([], new RelayRoute("127.0.0.1", port) { Tls = tls, VerifiesCertificate = false }),
            Timeouts = ScriptedPeer.Timeouts,
            UsesChunking = false,
        };
        return QueueBench.OpenAsync(clock => new SmtpTransport(new NoDns(), new OpportunisticTls(), () => options, clock, NullLogger.Instance));
    }

    private static X509Certificate2 Certificate()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=peer.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private sealed class NoDns : IDnsResolver
    {
        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new DnsAnswer(DnsStatus.Failure, [], TimeSpan.Zero, IsAuthenticated: false));
    }
}
