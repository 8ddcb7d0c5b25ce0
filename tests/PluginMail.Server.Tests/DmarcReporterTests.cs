using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

public sealed class DmarcReporterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginmail-dmarc-").FullName;
    private readonly FakeTime _clock = new();
    private readonly Submission _submission = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_day_is_reported_when_it_is_over_once_and_again_only_where_it_was_not_taken()
    {
        var rows = new DmarcRows(_folder, NullLogger.Instance);
        var reporter = new DmarcReporter(rows, new Policies(), () => _submission, () => "mx.example.test", _clock, NullLogger.Instance);
        await rows.AppendAsync(Row("192.0.2.1"), default);
        await rows.AppendAsync(Row("192.0.2.2"), default);
        await reporter.ReportAllAsync(default);
        Assert.Empty(_submission.Taken); // the day goes on

        _clock.Advance(TimeSpan.FromDays(1));
        _submission.Answer = SubmissionResult.Failed;
        await reporter.ReportAllAsync(default);
        _submission.Answer = SubmissionResult.Accepted;
        await reporter.ReportAllAsync(default);
        await reporter.ReportAllAsync(default);
        Assert.Equal(2, _submission.Taken.Count);
        Assert.Single(_submission.Taken.Select(taken => taken.Key).Distinct());
        Assert.Equal(["reports@author.test"], _submission.Taken[1].Message.Envelope.Recipients.Select(to => to.ToString()));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task No_message_fails_for_a_row_that_cannot_be_kept()
    {
        string file = Path.Combine(_folder, "a file");
        await File.WriteAllTextAsync(file, "");
        await new DmarcRows(Path.Combine(file, "below"), NullLogger.Instance).AppendAsync(Row("192.0.2.1"), default);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    private DmarcReportRow Row(string client) => new()
    {
        ReceivedAt = _clock.GetUtcNow(),
        PolicyDomain = "author.test",
        Policy = new DmarcPublishedPolicy(
            DmarcPolicy.None, DmarcPolicy.None, null, IsDkimStrict: false, IsSpfStrict: false, 100, IsTesting: false, "0", ["mailto:reports@author.test"]),
        SourceAddress = client,
        HeaderFrom = "author.test",
        EnvelopeFrom = "author.test",
        Disposition = DmarcPolicy.None,
        IsDkimAligned = false,
        IsSpfAligned = true,
    };

    /// <summary>Every domain has a policy and is an organization's own.</summary>
    private sealed class Policies : IDnsResolver
    {
        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) => new(
            name == "_dmarc.author.test"
                ? new DnsAnswer(DnsStatus.Found, ["v=DMARC1; p=none; rua=mailto:reports@author.test"], TimeSpan.FromHours(1), IsAuthenticated: false)
                : new DnsAnswer(DnsStatus.NameError, [], TimeSpan.FromHours(1), IsAuthenticated: false));
    }

    private sealed class Submission : ISubmission
    {
        public SubmissionResult Answer { get; set; }

        public List<(SubmittedMessage Message, string Key)> Taken { get; } = [];

        public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
        {
            Taken.Add((message, idempotencyKey));
            return new(Answer);
        }
    }
}
