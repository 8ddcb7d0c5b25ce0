using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>What session checks are told besides addresses: parameters, DATA, commands that are not known, recipients that were refused.</summary>
public sealed class SessionDetailTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private const SessionStages Notes = SessionStages.RefusedRecipient;
    private static readonly SmtpReply Busy = new(450, new EnhancedStatusCode(4, 7, 1), "greylisted");
    private readonly List<string> _told = [];
    private PipelineBench _bench = null!;

    public async Task InitializeAsync() => _bench = await PipelineBench.OpenAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task Parameters_of_MAIL_and_RCPT_are_told_with_the_id_of_the_transaction()
    {
        Use(Listener("all", (SessionStages)0xff));
        await using IMailSession session = _bench.Open();
        await session.ConnectAsync(default);
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain with { Text = "SIZE=12  BODY=8BITMIME SMTPUTF8" }, default);
        await session.RecipientAsync(Address("anna@example.test"), RecipientDsn.None, "NOTIFY=NEVER ORCPT=rfc822;b+2Bx@c.example", default);
        await session.RecipientAsync(Address("bob@example.test"), default);
        await session.DataAsync(default);
        Assert.Equal(
            [
                "Connect [] []", "Greet [] []", "Sender [SIZE=12 BODY=8BITMIME SMTPUTF8] [] id",
                "Recipient anna [SIZE=12 BODY=8BITMIME SMTPUTF8] [NOTIFY=NEVER ORCPT=rfc822;b+2Bx@c.example] id",
                "Recipient bob [SIZE=12 BODY=8BITMIME SMTPUTF8] [] id", "Data [SIZE=12 BODY=8BITMIME SMTPUTF8] [] id",
            ],
            _told);
        MessageReplies replies = await PipelineBench.DataAsync(session, Message);
        Assert.Contains(_bench.Traces.All[^1].TransactionId, replies.Transaction.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_recipient_is_told_to_those_that_want_to_hear_and_were_not_asked()
    {
        Use(
            Listener("before", Notes | SessionStages.Recipient),
            Check("grey", SessionStages.Recipient, context => context.Recipient!.LocalPart == "bob" ? Verdict.Defer(Busy) : Verdict.Pass),
            Listener("deaf", SessionStages.Recipient),
            Listener("after", Notes | SessionStages.Recipient, Verdict.Discard("does not count")));
        await using IMailSession session = await BegunAsync();
        _bench.Router.Kinds["nobody@example.test"] = RecipientKind.Unknown;
        Assert.Equal(550, (await session.RecipientAsync(Address("nobody@example.test"), RecipientDsn.None, "NOTIFY=NEVER", default))!.Code);
        Assert.Equal(450, (await session.RecipientAsync(Address("bob@example.test"), default))!.Code);
        Assert.Equal(2, _told.Count(line => line.StartsWith("RefusedRecipient nobody [] [NOTIFY=NEVER] id 550 5.1.1 ", StringComparison.Ordinal)));
        Assert.Equal(["Recipient bob [] [] id", "RefusedRecipient bob [] [] id 450 4.7.1 greylisted"], _told[2..]);
    }

    [Fact]
    public async Task What_an_earlier_stage_refused_is_told_and_what_is_bypassed_is_not()
    {
        Use(
            Check("dnsbl", SessionStages.Connect, _ => Verdict.Refuse(SmtpReply.PolicyRefusal("listed"))),
            Listener("counter", Notes | SessionStages.Recipient));
        await using (IMailSession session = await BegunAsync())
        {
            Assert.Equal(550, (await session.RecipientAsync(Address("anna@example.test"), default))!.Code);
        }

        Assert.Equal(["RefusedRecipient anna [] [] id 550 5.7.1 listed"], _told);
        _told.Clear();
        Use(Check("allow", SessionStages.Connect, _ => Verdict.Apply(new Effect.Bypass("counter"))), Listener("counter", Notes));
        await using IMailSession other = await BegunAsync();
        Assert.NotNull(await other.RecipientAsync(Address("y@other.test"), default));
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData("refuse", 554, 0)]
    [InlineData("defer", 450, 0)]
    [InlineData("discard", 0, 0)]
    [InlineData("hold", 0, 1)]
    [InlineData("pass", 0, 1)]
    public async Task At_DATA_a_check_may_refuse_the_transaction(string what, int code, int delivered)
    {
        Use(Check("data", SessionStages.Data, _ => what switch
        {
            "refuse" => Verdict.Refuse(new SmtpReply(554, new EnhancedStatusCode(5, 7, 1), "no")),
            "defer" => Verdict.Defer(Busy),
            "discard" => Verdict.Discard("trap"),
            "hold" => Verdict.Hold("odd"),
            _ => Verdict.Pass,
        }));
        await using IMailSession session = await BegunAsync();
        await session.RecipientAsync(Address("anna@example.test"), default);
        SmtpReply? said = await session.DataAsync(default);
        Assert.Equal(code, said?.Code ?? 0);
        if (said is null)
        {
            Assert.Equal(250, (await PipelineBench.DataAsync(session, Message)).Transaction.Code);
            Assert.Equal(delivered, _bench.Delivery.Taken.Count);
            Assert.Equal(what == "hold" ? "odd" : null, _bench.Delivery.Taken.LastOrDefault().Request?.HoldReason);
            return;
        }

        session.Reset();
        DecisionTrace trace = Assert.Single(_bench.Traces.All);
        Assert.Contains($"({trace.TransactionId})", said.Text, StringComparison.Ordinal);
        Assert.Contains(trace.Entries, entry => entry is { Stage: "data", Role: "data" } && entry.Decision == what);
    }

    [Fact]
    public async Task A_check_may_answer_a_command_that_is_not_known()
    {
        FakeSessionRole silent = Check("silent", (SessionStages)31, _ => Verdict.Pass);
        Use(
            silent,
            Check("first", SessionStages.UnknownCommand, context => context.Command == "XYZZY 1" ? Verdict.Apply(new Effect.Score(50, "X")) : Verdict.Hold("x")),
            Check("second", SessionStages.UnknownCommand, context => context.Command == "XYZZY 1" ? Verdict.Defer(Busy) : Verdict.Pass));
        await using IMailSession session = _bench.Open();
        Assert.Equal(Busy, await session.UnknownCommandAsync("XYZZY 1", default));
        Assert.Null(await session.UnknownCommandAsync("OTHER", default));
        Assert.Empty(silent.Asked);
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain, default);
        await session.RecipientAsync(Address("anna@example.test"), default);
        Assert.Equal(Busy, await session.UnknownCommandAsync("XYZZY 1", default));
        Assert.Equal(250, (await PipelineBench.DataAsync(session, Message)).Transaction.Code);
        Assert.Null(Assert.Single(_bench.Delivery.Taken).Request.HoldReason);
        Assert.DoesNotContain("X-Spam", _bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_editors_ask_about_reports_goes_with_the_envelope()
    {
        var asked = new RecipientDsn(DsnNotify.Success, "rfc822;o@example.org");
        _bench.Roles = RoleSet.Empty with
        {
            MessageEditors =
            [
                new FakeRole("milter", Verdict.Apply(
                    new Effect.RemoveRecipient(Address("anna@example.test")),
                    new Effect.AddRecipient(Address("anna@example.test")),
                    new Effect.AddRecipient(Address("c@other.test")) { Dsn = asked },
                    new Effect.AddRecipient(Address("bob@example.test")) { Dsn = asked },
                    new Effect.ChangeSender(Address("s@example.org")) { Return = DsnReturn.Headers })),
            ],
        };
        await using IMailSession session = _bench.Open();
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain with { EnvelopeId = "QQ1", Return = DsnReturn.Full }, default);
        await session.RecipientAsync(Address("anna@example.test"), new RecipientDsn(DsnNotify.Never, null), default);
        await session.RecipientAsync(Address("bob@example.test"), new RecipientDsn(DsnNotify.Delay, null), default);
        await PipelineBench.DataAsync(session, Message);
        Envelope envelope = Assert.Single(_bench.Delivery.Taken).Request.Envelope;
        Assert.Equal("s@example.org", envelope.Sender!.ToString());
        Assert.Equal(["bob@example.test", "anna@example.test", "c@other.test"], envelope.Recipients.Select(to => to.ToString()));
        Assert.Equal((DsnReturn.Headers, "QQ1"), (envelope.Dsn!.Return, envelope.Dsn.EnvelopeId));
        Assert.Equal(
            [new RecipientDsn(DsnNotify.Delay, null), RecipientDsn.None, asked], envelope.Recipients.Select(envelope.Dsn.For));
    }

    private static EmailAddress Address(string text) => PipelineBench.Address(text);

    private static FakeSessionRole Check(string plugin, SessionStages stages, Func<SessionCheckContext, Verdict> answer) => new(plugin, stages, answer);

    private FakeSessionRole Listener(string plugin, SessionStages stages, Verdict? answer = null) => new(plugin, stages, context =>
    {
        _told.Add(string.Join(' ', new[]
        {
            context.Stage.ToString(), context.Recipient?.LocalPart, $"[{string.Join(' ', context.SenderParameters)}]", $"[{string.Join(' ', context.RecipientParameters)}]",
            context.TransactionId is null ? null : "id", context.Refusal?.ToString(),
        }.Where(word => word is not null)));
        return answer ?? Verdict.Pass;
    });

    private async Task<IMailSession> BegunAsync()
    {
        IMailSession session = _bench.Open();
        await session.ConnectAsync(default);
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain, default);
        return session;
    }

    private void Use(params SessionRole[] checks) => _bench.Roles = RoleSet.Empty with { SessionChecks = [.. checks] };
}
