using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>Outbound editors: asked once for what leaves, about those elsewhere, before the signature.</summary>
public sealed class OutboundStageTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private PipelineBench _bench = null!;

    public async Task InitializeAsync() => _bench = await PipelineBench.OpenAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task They_see_recipients_elsewhere_and_change_the_message_for_all()
    {
        FakeRole first = Use(Verdict.Apply(new HeaderEdit.Replace("Subject", "leaving"), new Effect.RemoveRecipient(PipelineBench.Address("b@far.test"))));
        string? subject = null;
        var second = new FakeRole("second", (view, _) =>
        {
            subject = view.Headers.Single(header => header.Name == "Subject").Value;
            return new(Verdict.Pass);
        });
        _bench.Roles = _bench.Roles with { OutboundEditors = [first, second] };
        Assert.Equal(250, (await SendAsync("anna@example.test", "a@far.test", "b@far.test")).Transaction.Code);
        Assert.Equal(["a@far.test", "b@far.test"], first.Seen!.Envelope.Recipients.Select(recipient => recipient.ToString()));
        Assert.Equal(["a@far.test"], second.Seen!.Envelope.Recipients.Select(recipient => recipient.ToString()));
        Assert.Equal("leaving", subject);
        Assert.Equal(
            ["anna@example.test", "a@far.test"], _bench.Delivery.Taken[^1].Request.Envelope.Recipients.Select(recipient => recipient.ToString()));
        Assert.Contains("Subject: leaving\r\n", _bench.Delivered, StringComparison.Ordinal);
        Assert.Contains(_bench.Traces.All[^1].Entries, entry => entry is { Stage: "outbound", Role: "first" });
    }

    [Fact]
    public async Task Mail_that_stays_or_comes_in_is_none_of_theirs()
    {
        FakeRole editor = Use(Verdict.Pass);
        await SendAsync("anna@example.test");
        await _bench.SendAsync(Message);
        Assert.Equal(0, editor.Calls);
    }

    [Fact]
    public async Task What_they_refuse_or_defer_is_held()
    {
        foreach (Verdict verdict in new[] { Verdict.Refuse(SmtpReply.PolicyRefusal("secret")), Verdict.Defer(SmtpReply.LocalError("busy")) })
        {
            Use(verdict);
            Assert.Equal(250, (await SendAsync("a@far.test")).Transaction.Code);
            Assert.Equal(((verdict.Decision as Decision.Refuse)?.Reply ?? ((Decision.Defer)verdict.Decision).Reply).ToString(), _bench.Delivery.Taken[^1].Request.HoldReason);
        }
    }

    [Fact]
    public async Task One_that_is_bypassed_is_not_asked()
    {
        FakeRole editor = Use(Verdict.Pass);
        _bench.Roles = _bench.Roles with { MessageChecks = [new FakeRole("check", Verdict.Apply(new Effect.Bypass("first")))] };
        await SendAsync("a@far.test");
        Assert.Equal(0, editor.Calls);
    }

    private FakeRole Use(Verdict verdict)
    {
        var editor = new FakeRole("first", verdict);
        _bench.Roles = new RoleSet { OutboundEditors = [editor] };
        return editor;
    }

    // From a network that may relay.
    private async Task<MessageReplies> SendAsync(params string[] to)
    {
        await using IMailSession session = _bench.Open(address: "10.0.0.9");
        await session.ConnectAsync(default);
        await session.GreetAsync("client.example.test", extended: true, default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address("anna@example.test"), PipelineBench.Plain, default));
        foreach (string recipient in to)
        {
            Assert.Null(await session.RecipientAsync(PipelineBench.Address(recipient), default));
        }

        return await PipelineBench.DataAsync(session, Message);
    }
}
