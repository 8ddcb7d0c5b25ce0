using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Filters;
using PluginMail.Filters.Vocabulary;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What becomes of the verdict that a plugin's filter action gives.</summary>
public sealed class PluginActionTests : IAsyncLifetime
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n";
    private const string Outgoing = "if direction \"outgoing\" { act; }";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_it_holds_waits_in_the_queue_for_that_recipient_alone(bool cancelsKeep)
    {
        await UseAsync("anna", "act;", cancelsKeep, Verdict.Hold("looks odd"));
        Assert.All((await _bench.DeliverAsync(Message, "anna", "bob")).Recipients, Assert.Null);
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal("looks odd", entry.HoldReason);
        Assert.Equal(["anna@example.test"], entry.Recipients.Select(to => to.ToString()));
        Assert.Equal(Message, Mail.Text(entry.Message));
    }

    [Fact]
    public async Task What_was_held_and_comes_out_of_the_queue_is_kept()
    {
        await UseAsync("anna", "act;", cancelsKeep: true, Verdict.Hold("looks odd"));
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], protocol: "queue"))).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_it_refuses_is_refused_whether_or_not_it_cancels_the_keep(bool cancelsKeep)
    {
        await UseAsync("anna", "act;", cancelsKeep, Verdict.Refuse(SmtpReply.PolicyRefusal("no")));
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(550, outcome.Recipients[0]!.Code);
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Theory]
    [InlineData("act;", 0)]
    [InlineData("act; keep;", 1)]
    public async Task Discard_takes_the_implicit_keep_away_and_no_other(string script, int copies)
    {
        await UseAsync("anna", script, cancelsKeep: false, Verdict.Discard("junk"));
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Equal(copies, (await Mail.ReadAsync("anna")).Count);
    }

    [Fact]
    public async Task Fields_that_it_adds_stand_in_this_recipients_copy_alone()
    {
        await UseAsync("anna", "act;", cancelsKeep: false, Verdict.Apply(new HeaderEdit.Add("X-Seen", "grün"), new Effect.Tag("t")));
        await _bench.DeliverAsync(Message, "anna", "bob");
        Assert.Contains(
            "Delivered-To: anna@example.test\r\nX-Seen: =?utf-8?", Assert.Single(await Mail.ReadAsync("anna")), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-Seen", Assert.Single(await Mail.ReadAsync("bob")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipient_that_it_adds_gets_the_message()
    {
        await UseAsync("anna", "act;", cancelsKeep: true, Verdict.Apply(new Effect.AddRecipient(TemporaryStore.Address("bob"))));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task Of_what_cannot_be_done_for_one_recipient_the_message_is_kept_and_the_trace_tells()
    {
        await UseAsync("anna", "act;", cancelsKeep: true, Verdict.Apply(new HeaderEdit.Replace("Subject", "changed")));
        DeliveryRequest request = _bench.Request(Message, ["anna"]);
        await _bench.DeliverAsync(request);
        Assert.EndsWith(Message, Assert.Single(await Mail.ReadAsync("anna")), StringComparison.Ordinal);
        Assert.Contains(request.Trace.Entries, entry => entry is { Role: "act", Decision: "not done", Detail: "replace header Subject" });
    }

    [Fact]
    public async Task An_action_that_takes_the_message_and_asks_for_nothing_leaves_nothing()
    {
        await UseAsync("anna", "act;", cancelsKeep: true, Verdict.Pass);
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_fault_keeps_the_message()
    {
        Use(cancelsKeep: true, () => throw new InvalidOperationException("broken"));
        await Mail.SetFilterAsync("anna", "act;");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Outgoing_mail_that_it_refuses_is_refused_to_the_sender()
    {
        await UseAsync("anna", Outgoing, cancelsKeep: true, Verdict.Refuse(SmtpReply.PolicyRefusal("no")));
        Assert.Equal(550, (await SendAsync()).Recipients[0]!.Code);
        Assert.Empty(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task Outgoing_mail_that_it_holds_is_held_for_its_recipients()
    {
        await UseAsync("anna", Outgoing, cancelsKeep: true, Verdict.Hold("second pair of eyes"));
        Assert.Null((await SendAsync()).Recipients[0]);
        Assert.Empty(await Mail.ReadAsync("bob"));
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal("second pair of eyes", entry.HoldReason);
        Assert.Equal(["bob@example.test"], entry.Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task Outgoing_mail_is_sent_as_it_is_where_an_effect_cannot_be_carried_out()
    {
        await UseAsync("anna", Outgoing, cancelsKeep: true, Verdict.Apply(new HeaderEdit.Add("X-Seen", "1")));
        Assert.Null((await SendAsync()).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task Outgoing_mail_goes_to_a_recipient_that_it_adds_too()
    {
        await Mail.AddAccountAsync("boss");
        await UseAsync("anna", Outgoing, cancelsKeep: false, Verdict.Apply(new Effect.AddRecipient(TemporaryStore.Address("boss"))));
        Assert.Null((await SendAsync()).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Single(await Mail.ReadAsync("boss"));
    }

    private Task<DeliveryOutcome> SendAsync() => _bench.DeliverAsync(_bench.Request(Message, ["bob"], from: "anna", login: "anna"));

    private async Task UseAsync(string account, string script, bool cancelsKeep, Verdict verdict)
    {
        Use(cancelsKeep, () => verdict);
        await Mail.SetFilterAsync(account, script);
    }

    private void Use(bool cancelsKeep, Func<Verdict> verdict)
    {
        VocabularyBuilder builder = FilterVocabulary.CreateBuilder();
        builder.Add("test", new Words(new FilterAction("act", "Acts.", [], cancelsKeep, (_, _, _) => new ValueTask<Verdict>(verdict()))));
        _bench.Words = new FilterCompilerOptions { Vocabulary = builder.Build() };
    }

    private sealed record Words(FilterAction Action) : IFilterVocabulary
    {
        public ImmutableArray<FilterTest> Tests => [];

        public ImmutableArray<FilterAction> Actions => [Action];
    }
}
