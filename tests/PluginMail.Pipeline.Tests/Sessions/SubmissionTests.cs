using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>Mail that no client sends.</summary>
public sealed class SubmissionTests : IAsyncLifetime
{
    private PipelineBench _bench = null!;

    private static EmailAddress Anna => PipelineBench.Address("anna@example.test");

    public async Task InitializeAsync() => _bench = await PipelineBench.OpenAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task It_is_delivered_with_its_key_and_a_field_that_names_no_client()
    {
        Assert.Equal(SubmissionResult.Accepted, await SubmitAsync());
        Assert.Equal("key", _bench.Delivery.Taken[0].Request.IdempotencyKey);
        Assert.StartsWith("Received: by mx.example.test (collector) id ", _bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_refuse_it_holds_it()
    {
        Use(Verdict.Refuse(SmtpReply.PolicyRefusal("virus")));
        Assert.Equal(SubmissionResult.Held, await SubmitAsync());
        Assert.Equal("550 5.7.1 virus", _bench.Delivery.Taken[0].Request.HoldReason);
    }

    [Fact]
    public async Task What_tells_of_a_plugin_passes_all_of_them()
    {
        Use(Verdict.Refuse(SmtpReply.PolicyRefusal("virus")));
        SubmissionResult result = await new SubmissionService(_bench.Sessions, "local") { AsksPlugins = false }.SubmitAsync(
            new SubmittedMessage(
                new Envelope(null, [PipelineBench.Address("anna@example.test")]), new MemoryContent("Subject: x\r\n\r\nbody\r\n"u8.ToArray()), Direction.Incoming),
            "key",
            CancellationToken.None);
        Assert.Equal((SubmissionResult.Accepted, (string?)null), (result, _bench.Delivery.Taken[0].Request.HoldReason));
    }

    [Fact]
    public async Task What_is_held_for_nobody_is_held_for_those_it_came_for()
    {
        Use(Verdict.Hold("odd").With(new Effect.RemoveRecipient(PipelineBench.Address("anna@example.test"))));
        Assert.Equal(SubmissionResult.Held, await SubmitAsync());
        Assert.Single(_bench.Delivery.Taken[0].Request.Envelope.Recipients);
    }

    [Fact]
    public async Task A_deferral_fails_it_and_is_traced()
    {
        Use(Verdict.Defer(SmtpReply.LocalError("later")));
        Assert.Equal(SubmissionResult.Failed, await SubmitAsync());
        Assert.Empty(_bench.Delivery.Taken);
        Assert.Equal("451 4.3.0 later", Assert.Single(_bench.Traces.All).Reply);
    }

    [Fact]
    public async Task What_is_discarded_uses_the_key_up()
    {
        Use(Verdict.Discard("spam"));
        Assert.Equal(SubmissionResult.Accepted, await SubmitAsync());
        Assert.Empty(_bench.Delivery.Taken[0].Request.Envelope.Recipients);
        Assert.Equal("key", _bench.Delivery.Taken[0].Request.IdempotencyKey);
    }

    [Fact]
    public async Task Where_nobody_could_be_served_it_failed()
    {
        _bench.Delivery.Failures["anna@example.test"] = SmtpReply.LocalError("full");
        Assert.Equal(SubmissionResult.Failed, await SubmitAsync());
    }

    [Fact]
    public async Task Where_all_are_refused_for_good_it_is_refused()
    {
        _bench.Delivery.Failures["anna@example.test"] = RecipientReplies.NoSuchMailbox(Anna);
        Assert.Equal(SubmissionResult.Refused, await SubmitAsync());
    }

    [Theory]
    [InlineData(nameof(RecipientReplies.NoSuchMailbox), SubmissionResult.Refused, true)]
    [InlineData(nameof(RecipientReplies.MailboxGone), SubmissionResult.Refused, false)]
    [InlineData(nameof(RecipientReplies.OverQuota), SubmissionResult.Refused, false)]
    [InlineData(nameof(RecipientReplies.TooLarge), SubmissionResult.Refused, false)]
    [InlineData(nameof(RecipientReplies.SenderNotAllowed), SubmissionResult.Refused, false)]
    [InlineData(nameof(RecipientReplies.Unroutable), SubmissionResult.Refused, false)]
    [InlineData(nameof(RecipientReplies.Unavailable), SubmissionResult.Failed, false)]
    public async Task It_is_told_why_and_whether_anybody_is_known(string failure, SubmissionResult result, bool isForNobody)
    {
        SmtpReply reply = failure switch
        {
            nameof(RecipientReplies.NoSuchMailbox) => RecipientReplies.NoSuchMailbox(Anna),
            nameof(RecipientReplies.MailboxGone) => RecipientReplies.MailboxGone(Anna),
            nameof(RecipientReplies.OverQuota) => RecipientReplies.OverQuota(Anna, refuses: true),
            nameof(RecipientReplies.TooLarge) => RecipientReplies.TooLarge(Anna),
            nameof(RecipientReplies.SenderNotAllowed) => RecipientReplies.SenderNotAllowed(Anna, null),
            nameof(RecipientReplies.Unroutable) => RecipientReplies.Unroutable(Anna),
            _ => RecipientReplies.Unavailable(Anna),
        };
        _bench.Delivery.Failures["anna@example.test"] = reply;
        Assert.Equal(new SubmissionAnswer(result) { Reply = reply, IsForNobodyHere = isForNobody }, await AnswerAsync(Direction.Incoming, "anna@example.test"));
    }

    [Fact]
    public async Task Of_several_one_that_is_known_decides()
    {
        _bench.Delivery.Failures["anna@example.test"] = RecipientReplies.NoSuchMailbox(Anna);
        _bench.Delivery.Failures["bob@example.test"] = RecipientReplies.OverQuota(PipelineBench.Address("bob@example.test"), refuses: true);
        SubmissionAnswer answer = await AnswerAsync(Direction.Incoming, "anna@example.test", "bob@example.test");
        Assert.Equal((SubmissionResult.Refused, 552, false), (answer.Result, answer.Reply!.Code, answer.IsForNobodyHere));
    }

    [Fact]
    public async Task An_address_that_is_not_ours_is_for_nobody_here()
    {
        SubmissionAnswer answer = await AnswerAsync(Direction.Incoming, "bob@elsewhere.test");
        Assert.Equal((SubmissionResult.Refused, 550, true), (answer.Result, answer.Reply!.Code, answer.IsForNobodyHere));
    }

    [Fact]
    public async Task What_is_deferred_says_why()
    {
        Use(Verdict.Defer(SmtpReply.LocalError("later")));
        SubmissionAnswer answer = await AnswerAsync(Direction.Incoming, "anna@example.test");
        Assert.Equal((SubmissionResult.Failed, "451 4.3.0 later", false), (answer.Result, answer.Reply!.ToString(), answer.IsForNobodyHere));
    }

    [Theory]
    [InlineData("bob@elsewhere.test", Direction.Incoming, SubmissionResult.Refused)]
    [InlineData("bob@elsewhere.test", Direction.Outgoing, SubmissionResult.Accepted)]
    [InlineData("bob@example.test", Direction.Incoming, SubmissionResult.Accepted)]
    public async Task What_comes_in_is_for_this_server(string second, Direction direction, SubmissionResult result)
    {
        Assert.Equal(result, await SubmitAsync(direction, "anna@example.test", second));
        Assert.Equal(result == SubmissionResult.Accepted ? 1 : 0, _bench.Delivery.Taken.Count);
        Assert.Equal(result == SubmissionResult.Refused, Assert.Single(_bench.Traces.All).Reply.StartsWith("550 5.7.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20, SubmissionResult.Accepted)]
    [InlineData(19, SubmissionResult.TooLarge)]
    public async Task It_has_the_bound_of_all_messages(long maximum, SubmissionResult result)
    {
        _bench.Options = _bench.Options with { MaximumMessageSize = maximum };
        Assert.Equal(result, await SubmitAsync());
        Assert.Equal(result == SubmissionResult.Accepted ? 1 : 0, _bench.Delivery.Taken.Count);
        Assert.Equal(result == SubmissionResult.TooLarge, Assert.Single(_bench.Traces.All).Reply.StartsWith("552 5.3.4", StringComparison.Ordinal));
    }

    private void Use(Verdict verdict) => _bench.Roles = new RoleSet { MessageChecks = [new FakeRole("check", verdict)] };

    private Task<SubmissionResult> SubmitAsync() => SubmitAsync(Direction.Incoming, "anna@example.test");

    private async Task<SubmissionResult> SubmitAsync(Direction direction, params string[] to) => (await AnswerAsync(direction, to)).Result;

    private Task<SubmissionAnswer> AnswerAsync(Direction direction, params string[] to) => new SubmissionService(_bench.Sessions, "collector").SubmitForAnswerAsync(
        new SubmittedMessage(
            new Envelope(null, [.. to.Select(PipelineBench.Address)]),
            new MemoryContent(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nbody\r\n")),
            direction),
        "key",
        CancellationToken.None).AsTask();
}
