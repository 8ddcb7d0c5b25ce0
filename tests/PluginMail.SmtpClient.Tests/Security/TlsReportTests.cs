using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests.Security;

/// <summary>TLS reports: from attempts, over the state, to what arrives.</summary>
public sealed class TlsReportTests : IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 21);
    private static readonly MailHost Host = new("example.test", "mx.example.test", 25, IsMxAuthenticated: true, IsAddressAuthenticated: true);
    private static readonly HostTlsPolicy Sts = new()
    {
        Reported = new ReportedPolicy("sts", "example.test", ["version: STSv1", "mode: enforce", "mx: *.example.test", "max_age: 86400"], ["*.example.test"]),
    };

    private readonly FakeTime _clock = new();
    private readonly FixedDns _dns = new FixedDns().Set("_smtp._tls.example.test", DnsRecordType.TXT, "v=TLSRPTv1; rua=mailto:tls%2Breports@example.test");
    private readonly List<TlsReportMail> _mails = [];
    private TemporaryStore _store = null!;

    public async Task InitializeAsync() => _store = await TemporaryStore.OpenAsync(_clock);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Results_of_two_servers_become_one_report()
    {
        TlsResults one = Results();
        TlsResults two = Results();
        for (int i = 0; i < 3; i++)
        {
            one.Add(Attempt(null));
            two.Add(Attempt(new TlsFailure(TlsFailureKind.CertificateExpired, "not \"valid\" now")));
        }

        two.Add(Attempt(null, HostTlsPolicy.Opportunistic));
        await one.FlushAsync(default);
        one.Add(Attempt(null));
        await one.FlushAsync(default);
        await two.FlushAsync(default);
        Assert.Equal(1, await Reporter(two).SendAsync(Day, default));
        Assert.Equal(0, await Reporter(one).SendAsync(Day, default)); // it has gone out

        TlsReportMail mail = Assert.Single(_mails);
        Assert.Equal("tls+reports@example.test", mail.To.ToString());
        using JsonDocument report = Open(mail);
        JsonElement root = report.RootElement;
        Assert.Equal(
            ("Example Org", "postmaster@sender.test", "2026-11-21T00:00:00+00:00", "2026-11-21T23:59:59+00:00"),
            (Text(root, "organization-name"), Text(root, "contact-info"),
                Text(root.GetProperty("date-range"), "start-datetime"), Text(root.GetProperty("date-range"), "end-datetime")));
        JsonElement[] policies = [.. root.GetProperty("policies").EnumerateArray().OrderByDescending(policy => Text(policy.GetProperty("policy"), "policy-type"))];
        Assert.Equal(
            """{"policy-type":"sts","policy-string":["version: STSv1","mode: enforce","mx: *.example.test","max_age: 86400"],"policy-domain":"example.test","mx-host":["*.example.test"]}""",
            policies[0].GetProperty("policy").GetRawText());
        Assert.Equal("""{"total-successful-session-count":4,"total-failure-session-count":3}""", policies[0].GetProperty("summary").GetRawText());
        Assert.Equal(
            """[{"result-type":"certificate-expired","sending-mta-ip":"192.0.2.9","receiving-mx-hostname":"mx.example.test","receiving-ip":"2001:db8::1","failed-session-count":3,"failure-reason-code":"not ?valid? now"}]""",
            policies[0].GetProperty("failure-details").GetRawText());
        Assert.Equal(
            """{"policy":{"policy-type":"no-policy-found","policy-string":[],"policy-domain":"example.test"},"summary":{"total-successful-session-count":1,"total-failure-session-count":0},"failure-details":[]}""",
            policies[1].GetRawText());
    }

    [Fact]
    public async Task Message_has_the_form_that_receivers_look_for()
    {
        TlsResults results = Results();
        results.Add(Attempt(null));
        await results.FlushAsync(default);
        await Reporter(results).SendAsync(Day, default);
        byte[] message = Assert.Single(_mails).Message.ToArray();
        string header = Encoding.ASCII.GetString(message)[..Encoding.ASCII.GetString(message).IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.Contains("TLS-Report-Domain: example.test\r\n", header);
        Assert.Contains("TLS-Report-Submitter: sender.test\r\n", header);
        Assert.Contains("TLS-Required: No\r\n", header);
        Assert.Contains("Report Domain: example.test Submitter: sender.test", header.Replace("\r\n ", " ", StringComparison.Ordinal));
        MimePart root = MimeScanner.Scan(message).Root;
        Assert.Equal(("multipart", "report", "tlsrpt"), (root.ContentType.Type, root.ContentType.Subtype, root.ContentType.Parameters.First(p => p.Name == "report-type").Value));
        Assert.Equal("tlsrpt+gzip", root.Children[1].ContentType.Subtype);
        Assert.Equal("mx.sender.test!example.test!1795219200!1795305599!001.json.gz", root.Children[1].FileName);
    }

    [Fact]
    public async Task Domain_that_wants_no_reports_leaves_no_trace()
    {
        TlsResults results = Results();
        results.Add(Attempt(null) with { Host = Host with { Domain = "quiet.test" } });
        await results.FlushAsync(default);
        Assert.Empty(await results.DomainsAsync(Day, default));
        Assert.Equal(0, await Reporter(results).SendAsync(Day, default));
    }

    [Fact]
    public async Task Report_that_is_not_taken_is_sent_later()
    {
        TlsResults results = Results();
        results.Add(Attempt(null));
        await results.FlushAsync(default);
        bool isTaken = false;
        TlsReporter reporter = Reporter(results, (mail, _) =>
        {
            _mails.Add(mail);
            return ValueTask.FromResult(isTaken);
        });
        Assert.Equal(0, await reporter.SendAsync(Day, default));
        isTaken = true;
        Assert.Equal(1, await reporter.SendAsync(Day, default));
        Assert.Equal(_mails[0].Key, _mails[1].Key);
    }

    [Fact]
    public async Task Reports_about_a_day_go_out_in_the_night_after_it_and_what_gathers_is_kept_at_the_end()
    {
        TlsResults results = Results();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TlsReporter reporter = Reporter(results, (mail, _) =>
        {
            _mails.Add(mail);
            arrived.SetResult();
            return ValueTask.FromResult(true);
        });
        using var stopping = new CancellationTokenSource();
        Task running = reporter.RunAsync(stopping.Token);
        results.Add(Attempt(null));
        _clock.Advance(TimeSpan.FromHours(16.1)); // from noon to the next day, after all servers' times
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(2));
        results.Add(Attempt(null));
        await stopping.CancelAsync();
        await running;
        Assert.Single(_mails);
        Assert.Equal(["example.test"], await results.DomainsAsync(Day.AddDays(1), default));
    }

    [Fact]
    public async Task Report_goes_over_HTTPS_where_that_is_asked_for()
    {
        using var pki = new TestPki(TimeProvider.System);
        await using var server = new HttpsServer(pki.Host("reports.example.test"));
        _dns.Set("_smtp._tls.example.test", DnsRecordType.TXT, "v=TLSRPTv1; rua=https://reports.example.test/v1/tlsrpt")
            .Set("reports.example.test", DnsRecordType.A, "127.0.0.1");
        TlsResults results = Results();
        results.Add(Attempt(null));
        await results.FlushAsync(default);
        using HttpMessageInvoker http = StsPolicyFetcher.CreateClient(_dns, [pki.Root, pki.Authority], server.Port);
        using var reporter = new TlsReporter(http, results, Sender, Take, _clock, NullLogger.Instance);
        Assert.Equal(1, await reporter.SendAsync(Day, default));
        HttpRequest request = Assert.Single(server.Requests);
        Assert.Equal(("POST /v1/tlsrpt HTTP/1.1", "application/tlsrpt+gzip"), (request.Line, request.ContentType));
        using JsonDocument report = Unzip(request.Body);
        Assert.Equal("2026-11-21.example.test@mx.sender.test", Text(report.RootElement, "report-id"));
        Assert.Empty(_mails);
    }

    [Fact]
    public async Task Results_are_bounded_however_many_ways_there_are_to_fail()
    {
        TlsResults results = Results();
        for (int i = 0; i < 3000; i++)
        {
            string longText = $"{i} " + new string('\u00e9', 5000);
            HostTlsPolicy policy = Sts with { Reported = Sts.Reported! with { Domain = $"d{i % 50}.test", Strings = [.. Enumerable.Repeat(longText[5..], 100)] } };
            results.Add(Attempt(new TlsFailure(TlsFailureKind.ValidationFailure, longText), policy));
        }

        await results.FlushAsync(default);
        DomainResults kept = await results.ReadAsync(Day, "example.test", default);
        Assert.Equal((5, 60, 300), (kept.Policies.Count, kept.Policies.Sum(policy => policy.Failures.Count), (int)kept.Policies.Sum(policy => policy.Summary.Failures)));
        Assert.InRange(kept.ToOctets().Length, 1, 60 << 10);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static TlsAttempt Attempt(TlsFailure? failure, HostTlsPolicy? policy = null) =>
        new(Host, policy ?? Sts, IPAddress.Parse("192.0.2.9"), IPAddress.Parse("2001:db8::1"), failure);

    private static TlsReportSender Sender() => new("Example Org", "mx.sender.test", new EmailAddress("postmaster", "sender.test"));

    private static JsonDocument Open(TlsReportMail mail)
    {
        byte[] message = mail.Message.ToArray();
        MimePart part = MimeScanner.Scan(message).Root.Children[1];
        return Unzip(TransferDecoder.Decode(part.TransferEncoding, message.AsSpan((int)part.BodyStart, (int)part.BodyLength)).ToArray());
    }

    private static JsonDocument Unzip(byte[] octets)
    {
        using var gzip = new GZipStream(new MemoryStream(octets), CompressionMode.Decompress);
        return JsonDocument.Parse(gzip);
    }

    private TlsResults Results() => new(_dns, _store.Store.State.For("tls"), _clock, NullLogger.Instance);

    private ValueTask<bool> Take(TlsReportMail mail, CancellationToken cancellationToken)
    {
        _mails.Add(mail);
        return ValueTask.FromResult(true);
    }

    private TlsReporter Reporter(TlsResults results, SendTlsReport? send = null) =>
        new(_dns, results, Sender, send ?? Take, _clock, NullLogger.Instance);
}
