using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>Whom a message reaches, on a real store.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await Mail.AddAccountAsync("anna", 0, new NewFolder("Spam", SpecialUse.Junk), new NewFolder("Sent", SpecialUse.Sent));
        await Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task Each_recipient_gets_a_copy_with_its_own_prefix()
    {
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "anna", "bob");
        Assert.All(outcome.Recipients, Assert.Null);
        Assert.Equal("Return-Path: <sender@elsewhere.test>\r\nDelivered-To: anna@example.test\r\n" + Message, Assert.Single(await Mail.ReadAsync("anna")));
        Assert.Contains("Delivered-To: bob@example.test\r\n", Assert.Single(await Mail.ReadAsync("bob")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_null_sender_is_an_empty_return_path()
    {
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"], from: null));
        Assert.StartsWith("Return-Path: <>\r\n", Assert.Single(await Mail.ReadAsync("anna")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_reached_in_many_ways_gets_one_copy()
    {
        await Mail.AddAliasAsync("team", "anna", "bob");
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "anna", "ANNA", "team");
        Assert.All(outcome.Recipients, Assert.Null);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task All_refused_is_the_replys_business_and_nothing_is_queued()
    {
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "nobody", "x@elsewhere.test");
        Assert.Equal(["5.1.1", "5.4.4"], outcome.Recipients.Select(reply => reply!.Status.ToString()));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task Where_some_are_served_the_rest_waits_in_the_queue()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "anna", "full");
        Assert.All(outcome.Recipients, Assert.Null);
        Assert.Single(await Mail.ReadAsync("anna"));
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal(["full@example.test"], entry.Recipients.Select(to => to.ToString()));
        Assert.Null(entry.HoldReason);
        Assert.Equal(Message, Mail.Text(entry.Message));
    }

    [Fact]
    public async Task The_rest_waits_as_it_came_where_every_copy_was_edited()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        foreach (string account in (string[])["anna", "full"])
        {
            await Mail.SetFilterAsync(account, "require \"editheader\"; deleteheader \"Subject\"; keep;");
        }

        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "anna", "full");
        Assert.All(outcome.Recipients, Assert.Null);
        Assert.DoesNotContain("Subject:", Assert.Single(await Mail.ReadAsync("anna")), StringComparison.Ordinal);
        Assert.Equal(Message, Mail.Text(Assert.Single(await Mail.QueueAsync()).Message));
    }

    [Theory]
    [InlineData(true, "552 5.2.2")]
    [InlineData(false, "452 4.2.2")]
    public async Task A_full_mailbox_alone_is_answered_as_configured(bool refuses, string reply)
    {
        _bench.Options = _bench.Options with { RefusesOverQuota = refuses };
        await Mail.AddAccountAsync("full", quota: 10);
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "full");
        Assert.StartsWith(reply, outcome.Recipients[0]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_alias_the_mailbox_that_is_full_is_queued_alone()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.AddAliasAsync("team", "anna", "full");
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "team");
        Assert.Null(outcome.Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Equal(["full@example.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task The_queue_gets_an_answer_for_each_recipient()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["anna", "full"], protocol: "queue"));
        Assert.Null(outcome.Recipients[0]);
        Assert.Equal(452, outcome.Recipients[1]!.Code);
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_key_makes_the_second_delivery_a_duplicate()
    {
        Assert.False((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], key: "k"))).IsDuplicate);
        DeliveryOutcome second = await _bench.DeliverAsync(_bench.Request(Message, ["anna"], key: "k"));
        Assert.True(second.IsDuplicate);
        Assert.Null(second.Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_key_is_not_used_up_by_a_delivery_that_failed()
    {
        Account full = await Mail.AddAccountAsync("full", quota: 10);
        Assert.NotNull((await _bench.DeliverAsync(_bench.Request(Message, ["full"], key: "k"))).Recipients[0]);
        await Mail.Store.Directory.SetQuotaAsync(full.Id, 0, CancellationToken.None);
        DeliveryOutcome again = await _bench.DeliverAsync(_bench.Request(Message, ["full"], key: "k"));
        Assert.False(again.IsDuplicate);
        Assert.Single(await Mail.ReadAsync("full"));
    }

    [Fact]
    public async Task A_key_is_not_used_up_by_recipients_that_do_not_exist_yet()
    {
        Assert.NotNull((await _bench.DeliverAsync(_bench.Request(Message, ["new"], key: "k"))).Recipients[0]);
        await Mail.AddAccountAsync("new");
        Assert.False((await _bench.DeliverAsync(_bench.Request(Message, ["new"], key: "k"))).IsDuplicate);
        Assert.Single(await Mail.ReadAsync("new"));
    }

    [Fact]
    public async Task What_is_held_is_in_the_queue_with_its_reason()
    {
        await _bench.DeliverAsync(_bench.Request(Message, ["anna", "bob"], hold: "looks odd"));
        Assert.Empty(await Mail.ReadAsync("anna"));
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal("looks odd", entry.HoldReason);
        Assert.Equal(2, entry.Recipients.Length);
    }

    [Fact]
    public async Task Junk_goes_to_the_folder_of_that_use_whatever_it_is_called()
    {
        await _bench.DeliverAsync(_bench.Request(Message, ["anna", "bob"], isJunk: true));
        Assert.Single(await Mail.ReadAsync("anna", "Spam"));
        Assert.Single(await Mail.ReadAsync("bob", "Junk"));
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Theory]
    [InlineData(false, "Old/Sent")]
    [InlineData(true, "Junk")]
    public async Task Mail_that_names_its_folder_goes_there_unless_it_is_junk(bool isJunk, string folder)
    {
        DeliveryRequest request = _bench.Request(Message, ["bob"], isJunk: isJunk) with
        {
            Filing = new Filing("Old/Sent", ["\\Seen"], new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero)),
        };
        Assert.Null((await _bench.DeliverAsync(request)).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob", folder));
        Assert.Empty(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task An_alias_with_a_target_out_of_reach_serves_the_others()
    {
        await Mail.AddAliasAsync("mixed", "anna", "x@elsewhere.test");
        DeliveryRequest request = _bench.Request(Message, ["mixed"]);
        Assert.Null((await _bench.DeliverAsync(request)).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Contains(request.Trace.Entries, entry => entry.Subject == "x@elsewhere.test" && entry.Decision == "refuse");
    }

    [Fact]
    public async Task What_goes_elsewhere_is_committed_with_what_stays()
    {
        _bench.Options = _bench.Options with { CanSendElsewhere = true };
        Assert.All((await _bench.DeliverAsync(Message, "anna", "x@elsewhere.test")).Recipients, Assert.Null);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Equal(["x@elsewhere.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }
}
