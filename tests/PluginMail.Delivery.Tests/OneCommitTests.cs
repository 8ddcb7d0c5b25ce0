using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>All that a delivery leads to is in its one commit, so that a crash cannot part the key from what it stands for.</summary>
public sealed class OneCommitTests : IAsyncLifetime
{
    private const string Message = "Subject: hello\r\n\r\nbody\r\n";
    private DeliveryBench _bench = null!;
    private DyingStore _store = null!;

    private TemporaryStore Mail => _bench.Mail;

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync(store => _store = new DyingStore(store));
        await Mail.AddAccountAsync("anna", 0, new NewFolder("Lists", SpecialUse.None));
        await Mail.AddAccountAsync("full", quota: 10);
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public async Task Who_could_not_be_served_is_queued_with_the_key()
    {
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["anna", "full", "nobody"], key: "k"));
        Assert.All(outcome.Recipients, Assert.Null);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Equal(["full@example.test", "nobody@example.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task The_mailbox_that_an_alias_left_out_is_queued_with_the_key()
    {
        await Mail.AddAliasAsync("team", "anna", "full");
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["team"], key: "k", protocol: "queue"));
        Assert.Null(outcome.Recipients[0]);
        Assert.Equal(["full@example.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task Where_a_filter_discards_the_rest_is_queued_all_the_same()
    {
        await Mail.SetFilterAsync("anna", "discard;");
        Assert.All((await _bench.DeliverAsync(_bench.Request(Message, ["anna", "nobody"], key: "k"))).Recipients, Assert.Null);
        Assert.Equal(["nobody@example.test"], Assert.Single(await Mail.QueueAsync()).Recipients.Select(to => to.ToString()));
    }

    [Fact]
    public async Task A_copy_whose_folder_is_deleted_meanwhile_is_in_INBOX_at_once()
    {
        await Mail.SetFilterAsync("anna", "move \"Lists\";");
        Account anna = (await Mail.Store.Directory.FindAccountAsync(TemporaryStore.Address("anna"), CancellationToken.None))!;
        _store.Before = () => Mail.Store.Mailboxes.DeleteFolderAsync(anna.Id, "Lists", CancellationToken.None).AsTask();
        DeliveryRequest request = _bench.Request(Message, ["anna"], key: "k");
        Assert.Null((await _bench.DeliverAsync(request)).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
        Assert.Contains(request.Trace.Entries, entry => entry.Decision == "folder INBOX");
    }

    [Fact]
    public async Task What_the_sender_files_is_dropped_where_nobody_is_served()
    {
        await Mail.SetFilterAsync("anna", "if direction \"outgoing\" { copy \"Mine\"; }");
        DeliveryOutcome outcome = await _bench.DeliverAsync(_bench.Request(Message, ["full"], from: "anna", login: "anna"));
        Assert.Equal(452, outcome.Recipients[0]!.Code);
        Assert.Empty(await Mail.ReadAsync("anna", "Mine"));
    }

    [Fact]
    public async Task What_the_sender_files_is_kept_where_a_filter_discards()
    {
        await Mail.AddAccountAsync("bob");
        await Mail.SetFilterAsync("bob", "discard;");
        await Mail.SetFilterAsync("anna", "if direction \"outgoing\" { copy \"Mine\"; }");
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["bob"], from: "anna", login: "anna"))).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna", "Mine"));
    }

    [Fact]
    public async Task Mail_to_oneself_is_not_swallowed_by_what_the_filter_files()
    {
        await Mail.SetFilterAsync("anna", "if direction \"outgoing\" { copy \"INBOX\"; }");
        Assert.Null((await _bench.DeliverAsync(_bench.Request(Message, ["anna"], from: "anna", login: "anna"))).Recipients[0]);
        Assert.Single(await Mail.ReadAsync("anna"));
    }
}
