using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>What recipients' and senders' filters do with a message.</summary>
public sealed class FilterDeliveryTests : IAsyncLifetime
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: hello\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        await Mail.AddAccountAsync("anna");
        await Mail.AddAccountAsync("bob");
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task Fileinto_makes_the_folder_and_subscribes_to_it()
    {
        await Mail.SetFilterAsync("anna", "require \"fileinto\"; fileinto \"Lists/dev\";");
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna", "Lists/dev"));
        Assert.Empty(await Mail.ReadAsync("anna"));
        Account anna = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address("anna"), CancellationToken.None))!;
        Assert.Contains("Lists/dev", await Mail.Store.Mailboxes.ListSubscriptionsAsync(anna.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_INBOX()
    {
        await Mail.SetFilterAsync("anna", "require \"fileinto\"; fileinto \"a//b\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Discard_is_accepted_and_leaves_the_others_alone()
    {
        await Mail.SetFilterAsync("anna", "discard;");
        Assert.All((await _bench.DeliverAsync(Message, "anna", "bob")).Recipients, Assert.Null);
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task A_discarded_message_uses_its_key_up()
    {
        await Mail.SetFilterAsync("anna", "discard;");
        await _bench.DeliverAsync(_bench.Request(Message, ["anna"], key: "k"));
        Assert.True((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], key: "k"))).IsDuplicate);
    }

    [Fact]
    public async Task Keep_and_fileinto_are_two_copies_of_one_body()
    {
        await Mail.SetFilterAsync("anna", "require \"fileinto\"; fileinto \"Copies\"; keep;");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("anna", "Copies"));
    }

    [Fact]
    public async Task The_same_folder_twice_is_one_copy()
    {
        await Mail.SetFilterAsync("anna", "require \"fileinto\"; keep; fileinto \"INBOX\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task A_message_passed_to_another_mailbox_runs_that_ones_filter()
    {
        await Mail.SetFilterAsync("anna", "redirect \"bob@example.test\";");
        await Mail.SetFilterAsync("bob", "require \"fileinto\"; fileinto \"FromAnna\";");
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Single(await Mail.ReadAsync("bob", "FromAnna"));
    }

    [Fact]
    public async Task Filters_that_point_at_each_other_keep_the_message()
    {
        await Mail.SetFilterAsync("anna", "redirect \"bob@example.test\";");
        await Mail.SetFilterAsync("bob", "redirect \"anna@example.test\";");
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Empty(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task A_mailbox_that_passes_to_itself_keeps_the_message()
    {
        await Mail.SetFilterAsync("anna", "redirect \"ANNA@example.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Passing_to_a_full_mailbox_is_the_recipients_failure()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("anna", "redirect \"full@example.test\";");
        DeliveryOutcome outcome = await _bench.DeliverAsync(Message, "anna");
        Assert.Equal("452 4.2.2", outcome.Recipients[0]!.ToString()[..9]);
    }

    [Fact]
    public async Task Passing_on_to_two_of_which_one_is_full_queues_that_one()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("anna", "redirect \"bob@example.test\"; redirect \"full@example.test\";");
        Assert.Null((await _bench.DeliverAsync(Message, "anna")).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Equal(["full@example.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task A_redirect_out_of_reach_keeps_the_message()
    {
        await Mail.SetFilterAsync("anna", "redirect \"x@elsewhere.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task The_last_filter_that_compiled_stays_in_force()
    {
        await Mail.SetFilterAsync("anna", "require \"fileinto\"; fileinto \"A\";");
        await _bench.DeliverAsync(Message, "anna");
        await Mail.SetFilterAsync("anna", "this is no filter");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Equal(2, (await Mail.ReadAsync("anna", "A")).Count);
    }

    [Fact]
    public async Task A_folder_deleted_after_a_delivery_is_made_again()
    {
        await Mail.SetFilterAsync("anna", "require \"fileinto\"; fileinto \"Box\";");
        await _bench.DeliverAsync(Message, "anna");
        Account anna = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address("anna"), CancellationToken.None))!;
        Assert.Equal(FolderChange.Done, await Mail.Store.Mailboxes.DeleteFolderAsync(anna.Id, "Box", CancellationToken.None));
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("anna", "Box"));
    }

    [Fact]
    public async Task The_senders_filter_sees_what_goes_out_only_where_it_asks_for_it()
    {
        await Mail.SetFilterAsync("anna", "discard;");
        await _bench.DeliverAsync(_bench.Request(Message, ["bob"], from: "anna", login: "anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task The_senders_filter_files_what_goes_out_as_read()
    {
        await Mail.SetFilterAsync("anna", "if direction \"outgoing\" { copy \"Mine\"; }");
        await _bench.DeliverAsync(_bench.Request(Message, ["bob"], from: "anna", login: "anna"));
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Single(await Mail.ReadAsync("anna", "Mine"));
    }

    [Fact]
    public async Task What_the_senders_filter_moves_to_a_mailbox_arrives_there_and_nowhere_else()
    {
        await Mail.AddAccountAsync("boss");
        await Mail.SetFilterAsync("anna", "if direction \"outgoing\" { move \"boss@example.test\"; }");
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["bob"], from: "anna", login: "anna"))).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("boss"));
        Assert.Empty(await Mail.ReadAsync("bob"));
    }

    [Fact]
    public async Task Moving_to_a_mailbox_out_of_plain_words_works_as_redirect_does()
    {
        await Mail.SetFilterAsync("anna", "move \"bob@example.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Empty(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task Copying_to_a_mailbox_keeps_one_too()
    {
        await Mail.SetFilterAsync("anna", "copy \"bob@example.test\";");
        await _bench.DeliverAsync(Message, "anna");
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Single(await Mail.ReadAsync("anna"));
    }

    [Fact]
    public async Task What_the_sender_keeps_instead_of_sending_is_the_answer_where_it_cannot_be_stored()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("full", "if direction \"outgoing\" { move \"Later\"; }");
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["anna", "bob"], from: "full", login: "full"));
        Assert.Equal([452, 452], outcome.Recipients.Select(reply => reply?.Code));
        Assert.Empty(await Mail.ReadAsync("anna"));
        Assert.Empty(await Mail.QueueAsync());
    }

    [Fact]
    public async Task What_the_sender_keeps_instead_of_sending_is_queued_where_another_was_served()
    {
        await Mail.AddAccountAsync("full", quota: 10);
        await Mail.SetFilterAsync("full", "if direction \"outgoing\" { copy \"bob@example.test\"; move \"Later\"; }");
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], from: "full", login: "full"))).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Equal(["full@example.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task Passing_to_an_alias_that_leads_elsewhere_too_says_who_is_left_out()
    {
        await Mail.AddAliasAsync("mixed", "bob", "x@elsewhere.test");
        await Mail.SetFilterAsync("anna", "move \"mixed@example.test\";");
        DeliveryRequest request = _bench.Request(Message, ["anna"]);
        Assert.Null((await _bench.DeliverAsync(request)).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("bob"));
        Assert.Contains(request.Trace.Entries, entry => entry.Subject == "x@elsewhere.test" && entry.Decision == "refuse");
    }
}
