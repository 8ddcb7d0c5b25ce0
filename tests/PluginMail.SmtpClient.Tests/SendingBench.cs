using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient.Tests;

/// <summary>A transport for peers on loopback: example.org's mail exchanger is mx.example.org, which is the peer.</summary>
internal sealed class SendingBench : IAsyncDisposable, ITlsPolicies
{
    public static readonly string Text = "Subject: test\r\n\r\nHello\r\n.\r\n..two\r\nend\r\n";

    public SendingBench(ScriptedPeer? peer = null, Func<SmtpClientOptions, SmtpClientOptions>? change = null, TimeProvider? clock = null)
    {
        Dns.Add("example.org", DnsRecordType.MX, "10 mx.example.org").Add("mx.example.org", DnsRecordType.A, "127.0.0.1");
        var options = new SmtpClientOptions("client.example") { Port = peer?.Port ?? 1, Timeouts = ScriptedPeer.Timeouts };
        Options = change is null ? options : change(options);
        Transport = new SmtpTransport(Dns, this, () => Options, clock ?? TimeProvider.System, NullLogger.Instance);
    }

    public FakeResolver Dns { get; } = new();

    public SmtpClientOptions Options { get; set; }

    public SmtpTransport Transport { get; }

    public Func<MailHost, HostTlsPolicy> Policy { get; set; } = static _ => HostTlsPolicy.Opportunistic;

    public List<TlsAttempt> Reports { get; } = [];

    public static EmailAddress Address(string text) => EmailAddress.TryParse(text, out EmailAddress? address) ? address : throw new ArgumentException(text);

    public static OutboundMessage Message(string text, params string[] recipients) => Message(Encoding.Latin1.GetBytes(text), recipients);

    public static OutboundMessage Message(byte[] octets, params string[] recipients)
    {
        ImmutableArray<OutboundRecipient> to = [.. (recipients.Length == 0 ? ["a@example.org"] : recipients).Select(text => new OutboundRecipient(Address(text)))];
        return new OutboundMessage("T1", to[0].Address.Domain, Address("sender@client.example"), to, new MemoryContent(octets));
    }

    public async Task<OutboundOutcome> SendAsync(string? text = null) => (await SendAsync(Message(text ?? Text)))[0];

    public async Task<ImmutableArray<OutboundOutcome>> SendAsync(OutboundMessage message) =>
        await Transport.SendAsync(message, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(2));

    public static X509Certificate2 Certificate(string name, TimeSpan? age = null)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow() - (age ?? TimeSpan.Zero);
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    public ValueTask<HostTlsPolicy> FindAsync(MailHost host, CancellationToken cancellationToken) => ValueTask.FromResult(Policy(host));

    public void Report(TlsAttempt attempt)
    {
        lock (Reports)
        {
            Reports.Add(attempt);
        }
    }

    public ValueTask DisposeAsync() => Transport.DisposeAsync();
}
