using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What goes to other servers, and what senders want to be told.</summary>
public sealed class OutgoingTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    private DeliveryRequest Request(string[] to, DsnNotify? notify = null, string message = Message, string? login = null)
    {
        DeliveryRequest request = _bench.Request(message, to, login: login);
        ImmutableDictionary<EmailAddress, RecipientDsn> dsn = request.Envelope.Recipients.ToImmutableDictionary(one => one, one => new RecipientDsn(notify, "rfc822;o"));
        return notify is null ? request : request with { Envelope = request.Envelope with { Dsn = new DsnParameters("e1", DsnReturn.Full, dsn) } };
    }

    [Fact]
    public async Task Recipients_elsewhere_are_queued_with_what_was_asked_for_them()
    {
        await _bench.DeliverAsync(Request(["anna", "x@elsewhere.test"], DsnNotify.Success, login: "bob"));
        Assert.Single(await Mail.ReadAsync("anna"));
        IReadOnlyList<QueueEntry> entries = await Mail.QueueAsync();
        QueueEntry remote = Assert.Single(entries, entry => entry.Recipients[0].Domain == "elsewhere.test");
        Assert.Equal(("bob@example.test", "e1", DsnReturn.Full, Message), (remote.Source, remote.EnvelopeId, remote.Return, Mail.Text(remote.Message)));
        QueueRecipient to = Assert.Single(remote.Recipients);
        Assert.Equal((DsnNotify.Success, "rfc822;o", QueueRecipientStatus.Waiting), (to.Notify, to.OriginalRecipient, to.Status));
        QueueEntry served = Assert.Single(entries, entry => entry.Id != remote.Id);
        Assert.Equal(("anna@example.test", QueueRecipientStatus.Delivered), (Assert.Single(served.Recipients).ToString(), served.Recipients[0].Status));
    }

    [Fact]
    public async Task Nothing_is_reported_of_what_nobody_asked_about()
    {
        await _bench.DeliverAsync(Request(["anna"], DsnNotify.Failure));
        await _bench.DeliverAsync(Request(["anna"]));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_mailbox_that_is_full_is_not_reported_as_served()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await _bench.DeliverAsync(Request(["anna", "full"], DsnNotify.Success));
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal(
            [("full@example.test", QueueRecipientStatus.Waiting), ("anna@example.test", QueueRecipientStatus.Delivered)],
            entry.Recipients.Select(to => (to.ToString(), to.Status)));
    }

    [Fact]
    public async Task An_alias_of_one_address_elsewhere_hands_the_wish_on_and_one_of_several_answers_itself()
    {
        await Mail.AddAliasAsync("out", "x@elsewhere.test");
        await Mail.AddAliasAsync("team", "anna", "y@elsewhere.test");
        await _bench.DeliverAsync(Request(["out", "team"], DsnNotify.Success | DsnNotify.Failure));
        QueueRecipient[] all = [.. (await Mail.QueueAsync()).SelectMany(entry => entry.Recipients)];
        Assert.Equal(DsnNotify.Success | DsnNotify.Failure, Assert.Single(all, to => to.ToString() == "x@elsewhere.test").Notify);
        Assert.Equal(DsnNotify.Failure, Assert.Single(all, to => to.ToString() == "y@elsewhere.test").Notify);
        Assert.Equal(QueueRecipientStatus.Expanded, Assert.Single(all, to => to.ToString() == "team@example.test").Status);
        Assert.Equal(3, all.Length);
    }

    [Fact]
    public async Task A_redirect_goes_out_under_a_sender_of_this_server_and_comes_back_only_once()
    {
        await Mail.SetFilterAsync("anna", "redirect \"x@elsewhere.test\";");
        Assert.Null((await _bench.DeliverAsync(Request(["anna", "bob"]))).Recipients[0]);
        Assert.Empty(await Mail.ReadAsync("anna"));
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.EndsWith("=elsewhere.test=sender@example.test", entry.Sender?.ToString(), StringComparison.Ordinal);
        string passedOn = Mail.Text(entry.Message);
        Assert.Equal("Delivered-To: anna@example.test\r\n" + Message, passedOn);
        Assert.EndsWith("\r\n" + Message, Assert.Single(await Mail.ReadAsync("bob")), StringComparison.Ordinal);

        // What comes back is not sent on again, and not lost: it is kept.
        Assert.Null((await _bench.DeliverAsync(Request(["anna"], message: passedOn))).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        string far = string.Concat(Enumerable.Repeat("Received: x\r\n", 51)) + Message;
        Assert.Null((await _bench.DeliverAsync(Request(["anna"], message: far))).Recipients[0]);
        Assert.Equal(2, (await Mail.ReadAsync("anna")).Count);
        Assert.Single(await Mail.QueueAsync());
    }

    [Fact]
    public async Task Mail_for_many_yields_to_other_mail()
    {
        await _bench.DeliverAsync(Request(["x@elsewhere.test"], message: "Precedence: bulk\r\n" + Message));
        Assert.Equal(10, Assert.Single(await Mail.QueueAsync()).Priority);
    }
}
