using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests;

/// <summary>The stages of a session: who is asked when, and what is said at RCPT.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private PipelineBench _bench = null!;

    public async Task InitializeAsync() => _bench = await PipelineBench.OpenAsync();

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task What_a_stage_before_RCPT_refuses_is_said_at_RCPT_and_lifted_by_a_login()
    {
        Use(Check("dnsbl", SessionStages.Connect, _ => Verdict.Refuse(SmtpReply.PolicyRefusal("listed"))));
        await using IMailSession session = _bench.Open();
        Assert.Null(await session.ConnectAsync(default));
        await session.GreetAsync("c.test", extended: true, default);
        Assert.Null(await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain, default));
        SmtpReply? said = await session.RecipientAsync(Address("anna@example.test"), default);
        Assert.StartsWith("550 5.7.1 listed (", said!.ToString(), StringComparison.Ordinal);

        await session.AuthenticatedAsync(Address("anna@example.test"), default);
        await session.SenderAsync(Address("anna@example.test"), PipelineBench.Plain, default);
        Assert.Null(await session.RecipientAsync(Address("bob@example.test"), default));
    }

    [Fact]
    public async Task A_recipient_that_a_check_refuses_does_not_refuse_the_message_for_the_others()
    {
        Use(Check("grey", SessionStages.Recipient, context => context.Recipient!.LocalPart == "bob"
            ? Verdict.Defer(new SmtpReply(450, new EnhancedStatusCode(4, 7, 1), "greylisted")).With(new Effect.Score(99, "X"))
            : Verdict.Pass));
        await using IMailSession session = await BegunAsync();
        Assert.Equal(450, (await session.RecipientAsync(Address("bob@example.test"), default))!.Code);
        Assert.Null(await session.RecipientAsync(Address("anna@example.test"), default));
        MessageReplies replies = await PipelineBench.DataAsync(session, Message);
        Assert.Equal(250, replies.Transaction.Code);
        Assert.Equal(["anna@example.test"], Assert.Single(_bench.Delivery.Taken).Request.Envelope.Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task A_recipient_that_a_check_discards_is_accepted_and_gets_nothing()
    {
        Use(Check("trap", SessionStages.Recipient, context => context.Recipient!.LocalPart == "trap" ? Verdict.Discard("trap") : Verdict.Pass));
        await using IMailSession session = await BegunAsync();
        Assert.Null(await session.RecipientAsync(Address("trap@example.test"), default));
        Assert.Null(await session.RecipientAsync(Address("anna@example.test"), default));
        MessageReplies replies = await PipelineBench.DataAsync(session, Message);
        Assert.All(replies.Recipients, reply => Assert.Equal(250, reply.Code));
        Assert.Equal(2, replies.Recipients.Count);
        Assert.Equal(["anna@example.test"], Assert.Single(_bench.Delivery.Taken).Request.Envelope.Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task A_hold_at_the_greeting_holds_the_message()
    {
        Use(Check("odd", SessionStages.Greet, _ => Verdict.Hold("odd name")));
        Assert.Equal(250, (await _bench.SendAsync(Message)).Transaction.Code);
        Assert.Equal("odd name", Assert.Single(_bench.Delivery.Taken).Request.HoldReason);
    }

    [Fact]
    public async Task A_second_greeting_replaces_the_first_and_its_points_count_once()
    {
        Use(Check("helo", SessionStages.Greet, context => context.Session.HelloName == "bad"
            ? Verdict.Refuse(SmtpReply.PolicyRefusal("bad name"))
            : Verdict.Apply(new Effect.Score(3, "HELO"))));
        await using IMailSession session = _bench.Open();
        await session.ConnectAsync(default);
        await session.GreetAsync("bad", extended: true, default);
        await session.GreetAsync("c.test", extended: true, default);
        session.Encrypted();
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain, default);
        Assert.Null(await session.RecipientAsync(Address("anna@example.test"), default));
        await PipelineBench.DataAsync(session, Message);
        Assert.DoesNotContain("X-Spam", _bench.Delivered, StringComparison.Ordinal); // 3 points, not 6
        Assert.False(Assert.Single(_bench.Delivery.Taken).Request.IsJunk);
    }

    [Fact]
    public async Task An_allow_list_spares_a_plugin_for_the_transaction()
    {
        FakeSessionRole grey = Check("grey", SessionStages.Recipient, _ => Verdict.Defer(SmtpReply.LocalError("no")));
        Use(Check("allow", SessionStages.Connect, _ => Verdict.Apply(new Effect.Bypass("GREY"))), grey);
        Assert.Equal(250, (await _bench.SendAsync(Message)).Transaction.Code);
        Assert.Empty(grey.Asked);
    }

    [Fact]
    public async Task Checks_are_asked_at_their_stages_on_one_lease()
    {
        FakeSessionRole check = Check("all", (SessionStages)31, _ => Verdict.Pass);
        Use(check);
        await _bench.SendAsync(Message, to: ["anna@example.test", "bob@example.test"]);
        Assert.Equal(
            [SessionStages.Connect, SessionStages.Greet, SessionStages.Sender, SessionStages.Recipient, SessionStages.Recipient], check.Asked);
        Assert.Equal(0, check.Leases);
    }

    [Fact]
    public async Task A_session_goes_on_with_the_stages_of_the_version_that_it_began_with()
    {
        FakeSessionRole check = null!;
        check = Check("all", SessionStages.Connect | SessionStages.Sender, _ =>
        {
            check.Newest = SessionStages.None; // replaced by one that wants nothing
            return Verdict.Pass;
        });
        Use(check);
        await _bench.SendAsync(Message);
        Assert.Equal([SessionStages.Connect, SessionStages.Sender], check.Asked);
        check.Asked.Clear();
        await _bench.SendAsync(Message);
        Assert.Empty(check.Asked);
    }

    [Theory]
    [InlineData("192.0.2.1", 550)]
    [InlineData("10.1.2.3", 250)]
    [InlineData("::ffff:10.1.2.3", 250)]
    [InlineData("127.0.0.1", 550)]
    public async Task Only_relay_networks_send_elsewhere_without_a_login(string client, int code)
    {
        await using IMailSession session = _bench.Open(address: client);
        await session.ConnectAsync(default);
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("anna@example.test"), PipelineBench.Plain, default);
        SmtpReply? reply = await session.RecipientAsync(Address("y@other.test"), default);
        Assert.Equal(code, reply?.Code ?? 250);
    }

    [Fact]
    public async Task A_login_sends_only_as_an_address_of_its_own()
    {
        await using IMailSession session = _bench.Open("submission");
        await session.GreetAsync("c.test", extended: true, default);
        await session.AuthenticatedAsync(Address("anna@example.test"), default);
        Assert.StartsWith("553 5.7.1", (await session.SenderAsync(Address("bob@example.test"), PipelineBench.Plain, default))!.ToString(), StringComparison.Ordinal);
        Assert.Null(await session.SenderAsync(null, PipelineBench.Plain, default));
        Assert.Null(await session.SenderAsync(Address("anna@example.test"), PipelineBench.Plain, default));
    }

    [Theory]
    [InlineData(RecipientKind.Unknown, "550 5.1.1")]
    [InlineData(RecipientKind.OverQuota, "552 5.2.2")]
    [InlineData(RecipientKind.Unroutable, "550 5.7.1")]
    [InlineData(RecipientKind.Unexpandable, "451 4.3.5")]
    [InlineData(RecipientKind.Unavailable, "451 4.3.0")]
    internal async Task A_recipient_is_refused_with_its_code(RecipientKind kind, string reply)
    {
        _bench.Router.Kinds["r@example.test"] = kind;
        await using IMailSession session = await BegunAsync();
        Assert.StartsWith(reply, (await session.RecipientAsync(Address("r@example.test"), default))!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_are_traced_when_the_transaction_is_given_up()
    {
        _bench.Router.Kinds["r@example.test"] = RecipientKind.Unknown;
        await using (IMailSession session = await BegunAsync())
        {
            await session.RecipientAsync(Address("r@example.test"), default);
        }

        DecisionTrace trace = Assert.Single(_bench.Traces.All);
        Assert.StartsWith("550 5.1.1", trace.Reply, StringComparison.Ordinal);
        Assert.Equal("r@example.test", Assert.Single(trace.Entries).Subject);
    }

    [Fact]
    public async Task STARTTLS_makes_the_session_forget_what_was_said_before()
    {
        await using IMailSession session = _bench.Open();
        await session.GreetAsync("c.test", extended: true, default);
        await session.AuthenticatedAsync(Address("anna@example.test"), "PLAIN", default);
        Assert.Equal("PLAIN", session.View.AuthenticationMechanism);
        session.Encrypted("TLSv1.3", "TLS_AES_256_GCM_SHA384");
        Assert.Equal(("TLSv1.3", "TLS_AES_256_GCM_SHA384"), (session.View.TlsProtocol, session.View.TlsCipher));
        Assert.Null(session.View.AuthenticationMechanism);
        Assert.Null(session.View.HelloName);
        Assert.Null(session.View.Authenticated);
        Assert.True(session.View.IsEncrypted);
        Assert.Equal(Direction.Incoming, session.View.Direction);
    }

    private static EmailAddress Address(string text) => PipelineBench.Address(text);

    private static FakeSessionRole Check(string name, SessionStages stages, Func<SessionCheckContext, Verdict> answer) => new(name, stages, answer);

    private void Use(params SessionRole[] checks) => _bench.Roles = new RoleSet { SessionChecks = [.. checks] };

    private async Task<IMailSession> BegunAsync()
    {
        IMailSession session = _bench.Open();
        await session.ConnectAsync(default);
        await session.GreetAsync("c.test", extended: true, default);
        await session.SenderAsync(Address("x@elsewhere.test"), PipelineBench.Plain, default);
        return session;
    }
}
