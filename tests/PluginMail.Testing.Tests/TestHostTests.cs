using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Testing.Tests;

public sealed class TestHostTests
{
    [Fact]
    public async Task Scheduled_work_is_done_as_often_as_it_falls_due()
    {
        await using var host = new TestHost();
        List<string> done = [];
        host.Schedule(TimeSpan.FromMinutes(2), _ => { done.Add($"two {host.Clock.GetUtcNow():mm}"); return default; });
        host.Schedule(TimeSpan.FromMinutes(3), _ => { done.Add($"three {host.Clock.GetUtcNow():mm}"); return default; });
        await host.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["two 02", "three 03", "two 04"], done);
        Assert.Equal(5, host.Clock.GetUtcNow().Minute);
    }

    [Fact]
    public async Task Scheduled_work_may_be_as_rare_as_one_likes()
    {
        await using var host = new TestHost();
        int done = 0;
        host.Schedule(TimeSpan.MaxValue, _ => throw new InvalidOperationException());
        host.Schedule(TimeSpan.FromDays(365), _ => { done++; return default; });
        await host.AdvanceAsync(TimeSpan.FromDays(800));
        Assert.Equal(2, done);
    }

    [Fact]
    public async Task State_is_atomic_and_expires()
    {
        await using var host = new TestHost();
        Assert.True(await host.State.CompareExchangeAsync("k", null, [1], TimeSpan.FromHours(1), default));
        Assert.False(await host.State.CompareExchangeAsync("k", null, [2], TimeSpan.FromHours(1), default));
        Assert.Equal(1, await host.State.AddAsync("n", 1, TimeSpan.FromHours(1), default));
        Assert.Equal(3, await host.State.AddAsync("n", 2, TimeSpan.MaxValue, default));
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Null(await host.State.GetAsync("k", default));
        Assert.Equal(1, await host.State.AddAsync("n", 1, TimeSpan.MaxValue, default));
        Assert.Equal(["n"], host.State.Keys);
    }

    [Fact]
    public async Task Submission_is_recorded_once_a_key()
    {
        await using var host = new TestHost();
        using var content = new MemoryContent("Subject: x\r\n\r\n"u8.ToArray());
        var message = new SubmittedMessage(new Envelope(null, [new EmailAddress("a", "b.test")]), content, Direction.Incoming);
        ISubmission submission = host.Submission;
        Assert.Equal(SubmissionResult.Accepted, await submission.SubmitAsync(message, "1", default));
        Assert.Equal(SubmissionResult.Duplicate, await submission.SubmitAsync(message, "1", default));
        Assert.Equal("Subject: x\r\n\r\n", Encoding.ASCII.GetString(Assert.Single(host.Submission.Taken).Octets));
    }

    [Fact]
    public async Task Submission_says_why_it_takes_nothing()
    {
        await using var host = new TestHost();
        using var content = new MemoryContent("Subject: x\r\n\r\n"u8.ToArray());
        var message = new SubmittedMessage(new Envelope(null, [new EmailAddress("a", "b.test")]), content, Direction.Incoming);
        var full = new SmtpReply(552, new EnhancedStatusCode(5, 2, 2), "full");
        host.Submission.Reply = full;
        Assert.Equal(new SubmissionAnswer(SubmissionResult.Accepted), await host.Submission.SubmitForAnswerAsync(message, "1", default));
        host.Submission.Result = SubmissionResult.Refused;
        Assert.Equal(new SubmissionAnswer(SubmissionResult.Refused) { Reply = full }, await host.Submission.SubmitForAnswerAsync(message, "2", default));
        host.Submission.IsForNobodyHere = true;
        Assert.True((await host.Submission.SubmitForAnswerAsync(message, "2", default)).IsForNobodyHere);
        Assert.Single(host.Submission.Taken);
    }

    [Fact]
    public async Task Names_are_looked_up_in_the_table()
    {
        await using var host = new TestHost();
        host.Dns.Add("Example.test", DnsRecordType.A, "192.0.2.1");
        Assert.Equal<string>(["192.0.2.1"], (await host.Dns.QueryAsync("example.TEST", DnsRecordType.A, default)).Records.AsEnumerable());
        Assert.Equal(DnsStatus.NoData, (await host.Dns.QueryAsync("example.test", DnsRecordType.MX, default)).Status);
        Assert.Equal(DnsStatus.NameError, (await host.Dns.QueryAsync("other.test", DnsRecordType.MX, default)).Status);
        Assert.Equal(3, host.Dns.Asked.Count);
    }

    [Fact]
    public void A_message_has_its_parts_decoded()
    {
        using var message = TestMessage.Parse(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: text/csv\r\n"
            + "Content-Disposition: attachment; filename=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n");
        Assert.Equal(["1 text/plain ", "2 text/csv a.csv"], message.Parts.Select(part => $"{part.Section} {part.MediaType} {part.FileName}"));
        using var reader = new StreamReader(message.OpenDecoded(message.Parts[1]));
        Assert.Equal("hi", reader.ReadToEnd());
    }

    [Theory]
    [InlineData(999, 999, false)]
    [InlineData(1500, 1000, true)]
    public void A_message_of_many_parts_is_cut_as_the_server_cuts_it(int parts, int most, bool hasMore)
    {
        string text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", parts)) + "--b--\r\n";
        using var message = TestMessage.Parse(text);
        Assert.InRange(message.Parts.Length, most - 1, most); // the multipart itself is a part of what is taken apart
        Assert.Equal(hasMore, message.HasMoreParts);
        using var copy = message.With();
        Assert.Equal(hasMore, copy.HasMoreParts);
    }

    [Fact]
    public async Task What_the_servers_submission_throws_at_the_tests_does_too()
    {
        var submission = new TestSubmission();
        var message = new SubmittedMessage(
            new Envelope(null, [new EmailAddress("a", "b.test>\r\nDATA")]), new MemoryContent("\r\n"u8.ToArray()), Direction.Incoming);
        await Assert.ThrowsAsync<ArgumentException>(() => submission.SubmitAsync(message, "1", CancellationToken.None).AsTask());
        Assert.Empty(submission.Taken);
    }

    [Fact]
    public async Task A_session_remembers_what_its_check_made_until_it_ends()
    {
        var check = new Counting();
        var session = new TestSession();
        await session.AskAsync(check, SessionStages.Connect);
        Assert.Null(session.StateOf(check));
        await session.AskAsync(check, SessionStages.Recipient, recipient: new EmailAddress("a", "b.test"));
        await session.AskAsync(check, SessionStages.Recipient, recipient: new EmailAddress("c", "b.test"));
        var state = Assert.IsType<Counting.State>(session.StateOf(check));
        Assert.Equal(2, state.Calls);
        await session.DisposeAsync();
        Assert.True(state.IsDisposed);
    }

    [Fact]
    public void Settings_that_are_no_TOML_are_refused() => Assert.Throws<ArgumentException>(() => new TestHost("= 5"));

    private sealed class Counting : ISessionCheck
    {
        public SessionStages Stages => SessionStages.Recipient;

        public IAsyncDisposable BeginSession(ISessionView session) => new State();

        public ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken)
        {
            ((State)state!).Calls++;
            return new(Verdict.Pass);
        }

        public sealed class State : IAsyncDisposable
        {
            public int Calls { get; set; }

            public bool IsDisposed { get; private set; }

            public ValueTask DisposeAsync()
            {
                IsDisposed = true;
                return default;
            }
        }
    }
}
