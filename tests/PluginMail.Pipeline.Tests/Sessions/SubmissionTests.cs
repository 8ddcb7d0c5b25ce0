using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>Mail that no client sends.</summary>
public sealed class SubmissionTests : IAsyncLifetime
{
    private PipelineBench _bench = null!;

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
        _bench.Delivery.Failures["anna@example.test"] = RecipientReplies.NoSuchMailbox(PipelineBench.Address("anna@example.test"));
        Assert.Equal(SubmissionResult.Refused, await SubmitAsync());
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

    private Task<SubmissionResult> SubmitAsync(Direction direction, params string[] to) => new SubmissionService(_bench.Sessions, "collector").SubmitAsync(
        new SubmittedMessage(
            new Envelope(null, [.. to.Select(PipelineBench.Address)]),
            new MemoryContent(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nbody\r\n")),
            direction),
        "key",
        CancellationToken.None).AsTask();
}
