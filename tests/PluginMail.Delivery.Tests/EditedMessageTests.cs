using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What a filter changes of a message is changed in its own copies and in what it sends on, and nowhere else.</summary>
public sealed class EditedMessageTests : IAsyncLifetime
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\nX-Old: 1\r\n\r\nbody\r\n";
    private const string Require = "require [\"editheader\", \"fileinto\", \"copy\"];";
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

    [Fact]
    public async Task Fields_added_on_top_stand_above_the_message()
    {
        await Mail.SetFilterAsync("anna", $"{Require} addheader \"X-One\" \"1\"; addheader \"X-Two\" \"Grüße\";");
        await _bench.DeliverAsync(Message, "anna", "bob");
        Assert.Equal(
            "Return-Path: <sender@elsewhere.test>\r\nDelivered-To: anna@example.test\r\nX-Two: =?utf-8?B?R3LDvMOfZQ==?=\r\nX-One: 1\r\n" + Message,
            Assert.Single(await Mail.ReadAsync("anna")));
        Assert.EndsWith("bob@example.test\r\n" + Message, Assert.Single(await Mail.ReadAsync("bob")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_is_removed_is_gone_from_this_copy_alone()
    {
        await Mail.SetFilterAsync("anna", $"{Require} fileinto :copy \"Original\"; deleteheader \"X-Old\"; addheader :last \"X-New\" \"2\";");
        await _bench.DeliverAsync(Message, "anna", "bob");
        Assert.EndsWith(
            "anna@example.test\r\nFrom: x@elsewhere.test\r\nSubject: hello\r\nX-New: 2\r\n\r\nbody\r\n", Assert.Single(await Mail.ReadAsync("anna")), StringComparison.Ordinal);
        Assert.EndsWith(Message, Assert.Single(await Mail.ReadAsync("anna", "Original")), StringComparison.Ordinal);
        Assert.EndsWith(Message, Assert.Single(await Mail.ReadAsync("bob")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_that_a_filter_passes_it_on_to_gets_the_changed_message()
    {
        await Mail.SetFilterAsync("anna", $"{Require} deleteheader \"X-Old\"; addheader \"X-Via\" \"anna\"; redirect \"bob@example.test\";");
        await Mail.SetFilterAsync("bob", $"{Require} if exists \"X-Via\" {{ fileinto \"Via\"; }}");
        await _bench.DeliverAsync(Message, "anna");
        string text = Assert.Single(await Mail.ReadAsync("bob", "Via"));
        Assert.Contains("X-Via: anna\r\n", text);
        Assert.DoesNotContain("X-Old", text);
    }

    [Fact]
    public async Task What_is_redirected_is_changed_and_marked()
    {
        await Mail.SetFilterAsync("anna", $"{Require} deleteheader \"X-Old\"; redirect \"y@far.test\";");
        await _bench.DeliverAsync(Message, "anna");
        QueueEntry entry = Assert.Single(await Mail.QueueAsync());
        Assert.Equal("Delivered-To: anna@example.test\r\nFrom: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n", Mail.Text(entry.Message));
        Assert.Matches("^SRS0=.+=elsewhere[.]test=sender@example[.]test$", entry.Sender!.ToString());
    }

    [Fact]
    public async Task What_comes_back_from_a_redirect_is_kept()
    {
        await Mail.SetFilterAsync("anna", "redirect \"y@far.test\";");
        await _bench.DeliverAsync("Delivered-To: Anna@example.test\r\n" + Message, "anna");
        Assert.Empty(await Mail.QueueAsync());
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_message_without_a_header_gets_one()
    {
        await Mail.SetFilterAsync("anna", $"{Require} addheader :last \"X-New\" \"2\";");
        await _bench.DeliverAsync("no header here\r\n", "anna");
        Assert.EndsWith("X-New: 2\r\n\r\nno header here\r\n", Assert.Single(await Mail.ReadAsync("anna")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_message_is_changed_as_well()
    {
        string large = Message + new string('a', 3_000_000) + "\r\n";
        await Mail.SetFilterAsync("anna", $"{Require} deleteheader \"Subject\";");
        await _bench.DeliverAsync(large, "anna");
        string text = Assert.Single(await Mail.ReadAsync("anna"));
        Assert.DoesNotContain("Subject", text);
        Assert.Equal(large.Length - "Subject: hello\r\n".Length, text.Length - text.IndexOf("From:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_owner_changes_of_his_own_mail_goes_to_all()
    {
        await Mail.SetFilterAsync("anna", $"{Require} if direction \"outgoing\" {{ fileinto :copy \"Before\"; deleteheader \"X-Old\"; addheader \"X-Sent\" \"1\"; }}");
        await Mail.SetFilterAsync("bob", $"{Require} if header \"X-Sent\" \"1\" {{ fileinto \"Seen\"; }}");
        await _bench.DeliverAsync(_bench.Request(Message, ["bob", "y@far.test"], from: "anna@example.test", login: "anna"));
        string received = Assert.Single(await Mail.ReadAsync("bob", "Seen"));
        Assert.EndsWith("X-Sent: 1\r\nFrom: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n", received, StringComparison.Ordinal);
        Assert.StartsWith("X-Sent: 1\r\nFrom: x@elsewhere.test\r\nSubject: hello\r\n", Mail.Text(Assert.Single(await Mail.QueueAsync()).Message), StringComparison.Ordinal);
        Assert.EndsWith(Message, Assert.Single(await Mail.ReadAsync("anna", "Before")), StringComparison.Ordinal);
    }
}
