using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

public abstract class QueueTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private NewQueueEntry Entry(NewBody body, int minutes = 0, string? hold = null) => new(
        body, Address("anna@example.test"), [Address("x@remote.test"), Address("\"odd @ one\"@remote.test")],
        Direction.Outgoing, "tx1", Clock.GetUtcNow().AddMinutes(minutes), hold);

    private async Task<IReadOnlyList<QueueId>> DueAsync(int minutes, string domain = "remote.test", int limit = 10) =>
        [.. (await Store.Queue.ListDueAsync(domain, Clock.GetUtcNow().AddMinutes(minutes), limit, None)).Select(due => due.Id)];

    [Fact]
    public async Task Entries_come_when_they_are_due_with_their_message()
    {
        NewBody body = Body("hello", "structure");
        await Store.CommitAsync(new StoreBatch([Copy(body, Inbox.Id)], [Entry(body, 10) with { IsJunk = true }, Entry(body, 5), Entry(body, 0, "virus")]), None);
        Assert.Empty(await DueAsync(0));
        DueDomains domains = await Store.Queue.ListDueDomainsAsync(Clock.GetUtcNow(), null, 10, None);
        Assert.Equal(Clock.GetUtcNow().AddMinutes(5), domains.NextDue);
        Assert.Empty(domains.Domains);
        await ReopenAsync();

        domains = await Store.Queue.ListDueDomainsAsync(Clock.GetUtcNow().AddMinutes(7), null, 10, None);
        Assert.Equal(["remote.test"], domains.Domains);
        Assert.Equal(Clock.GetUtcNow().AddMinutes(10), domains.NextDue);
        IReadOnlyList<QueueId> due = await DueAsync(10);
        Assert.Equal(2, due.Count);
        Assert.Single(await DueAsync(10, limit: 1));
        Assert.Single(await DueAsync(5));
        Assert.Empty(await DueAsync(10, "other.test"));
        QueueEntry first = (await Store.Queue.ReadDueAsync(due[0], "remote.test", Clock.GetUtcNow().AddMinutes(5), 10, None))!;
        Assert.False(first.IsJunk);
        Assert.Equal("hello", Text(first.Message));
        Assert.Equal("structure", Encoding.UTF8.GetString(first.Message.Structure.Span));
        Assert.Equal([Address("x@remote.test"), Address("\"odd @ one\"@remote.test")], first.Recipients.Select(to => to.Address));
        Assert.Equal((Direction.Outgoing, "tx1", 0, null), (first.Direction, first.TransactionId, first.Attempts, first.LastReply));
        Assert.Null(await Store.Queue.ReadDueAsync(due[0], "remote.test", Clock.GetUtcNow(), 10, None));

        IReadOnlyList<QueueEntry> all = await Store.Queue.ListAsync(null, 10, None);
        Assert.Equal(3, all.Count);
        Assert.Equal(all[2].Id, Assert.Single(await Store.Queue.ListAsync(all[1].Id, 10, None)).Id);
        Assert.Equal("virus", all[2].HoldReason);
        Assert.All(all[2].Recipients, to => Assert.Equal(QueueRecipientStatus.Held, to.Status));
    }

    [Fact]
    public async Task All_that_an_entry_says_comes_back()
    {
        var entry = new NewQueueEntry(
            Body("hello"),
            Address("anna@example.test"),
            [new NewQueueRecipient(Address("x@B\u00fccher.test"), DsnNotify.Success | DsnNotify.Delay, "rfc822;x+2By"), new NewQueueRecipient(Address("y@[192.0.2.1]"), DsnNotify.Never)],
            Direction.Outgoing,
            "tx1",
            Clock.GetUtcNow(),
            null)
        {
            Source = "anna@example.test", Priority = 3, EnvelopeId = "id+3D1", Return = DsnReturn.Headers, RequiresTls = true, MayReport = false,
            Judgement = new QueuedJudgement(62.5, -1.25, ["virus-clean", "a;b \u00e4"]) { IsOriginRecorded = true },
        };
        await Store.CommitAsync(new StoreBatch([], [entry]), None);
        await ReopenAsync();
        QueueEntry kept = Assert.Single(await Store.Queue.ListAsync(null, 10, None));
        Assert.Equal(
            ("anna@example.test", 3, "id+3D1", DsnReturn.Headers, true, false, false),
            (kept.Source, kept.Priority, kept.EnvelopeId, kept.Return, kept.RequiresTls, kept.MayReport, kept.IsWarned));
        Assert.Equal((62.5, -1.25), (kept.Judgement.SpamPercent, kept.Judgement.Score));
        Assert.Equal(["a;b \u00e4", "virus-clean"], kept.Judgement.Tags.Order(StringComparer.Ordinal));
        Assert.Equal(
            [("xn--bcher-kva.test", DsnNotify.Success | DsnNotify.Delay, "rfc822;x+2By"), ("[192.0.2.1]", DsnNotify.Never, null)],
            kept.Recipients.Select(to => (to.Domain, to.Notify!.Value, to.OriginalRecipient)));
    }

    [Fact]
    public async Task An_attempt_ends_in_one_commit_with_what_it_led_to()
    {
        await Store.CommitAsync(new StoreBatch([], [Entry(Body("hello")) with { Sender = null }]), None);
        QueueEntry entry = Assert.Single(await Store.Queue.ListAsync(null, 10, None));
        Assert.Null(entry.Sender);
        var later = new QueueUpdate(
            entry.Id,
            [new QueueRecipientUpdate(1, QueueRecipientStatus.Waiting, Clock.GetUtcNow().AddHours(1), "451 later", "mx.remote.test"), new QueueRecipientUpdate(2, null)])
        {
            History = [new QueueHistoryLine(Clock.GetUtcNow(), "x@remote.test", "mx.remote.test", "451 la\tter")],
        };
        Assert.Empty((await Store.Queue.UpdateAsync(later, None))!.Copies);
        entry = (await Store.Queue.FindAsync(entry.Id, None))!;
        Assert.Equal((1, "451 later", 1), (entry.Attempts, entry.LastReply, entry.Recipients.Length));
        Assert.Equal([new QueueHistoryLine(Clock.GetUtcNow(), "x@remote.test", "mx.remote.test", "451 la ter")], entry.History.AsEnumerable());

        var done = new QueueUpdate(entry.Id, [new QueueRecipientUpdate(1, null)]) { Batch = new StoreBatch([Copy(Body("bounce"), Inbox.Id)], []) };
        Assert.Equal(CopyResultStatus.Stored, (await Store.Queue.UpdateAsync(done, None))!.Copies[0].Status);
        Assert.Empty(await Store.Queue.ListAsync(null, 10, None));
        Assert.Null((await Store.Queue.ListDueDomainsAsync(Clock.GetUtcNow(), null, 10, None)).NextDue);
        Assert.Null(await Store.Queue.UpdateAsync(done with { Batch = new StoreBatch([Copy(Body("never"), Inbox.Id)], []) }, None));
        Assert.Equal(["bounce"], await TextsAsync(Inbox.Id));
        Assert.True(await Store.Maintenance.ReclaimAsync(None) > 0);
        Assert.Empty((await Store.Maintenance.CheckAsync(None)).Problems);
    }

    [Fact]
    public async Task Who_is_held_while_an_attempt_is_made_stays_held_unless_it_is_done_with()
    {
        await Store.CommitAsync(new StoreBatch([], [Entry(Body("hello"))]), None);
        QueueId id = Assert.Single(await DueAsync(0));
        Assert.Equal(1, await Store.Queue.ChangeAsync(QueueFilter.All, QueueChange.Hold, None));
        await Store.Queue.UpdateAsync(
            new QueueUpdate(id, [new QueueRecipientUpdate(1, QueueRecipientStatus.Waiting, Clock.GetUtcNow(), "451 later"), new QueueRecipientUpdate(2, null)]), None);
        QueueEntry entry = (await Store.Queue.FindAsync(id, None))!;
        Assert.Equal(QueueRecipientStatus.Held, Assert.Single(entry.Recipients).Status);
        Assert.Equal("held by the administrator", entry.HoldReason);
        Assert.Empty(await DueAsync(0));
        Assert.Equal(1, await Store.Queue.ChangeAsync(new QueueFilter(id), QueueChange.Release, None));
        Assert.Single(await DueAsync(0));
        Assert.Null((await Store.Queue.FindAsync(id, None))!.HoldReason);
    }

    [Fact]
    public async Task What_is_held_is_not_due_by_a_flush_nor_by_a_restart_nor_by_time()
    {
        await Store.CommitAsync(new StoreBatch([], [Entry(Body("hello"), 0, "to be approved")]), None);
        Assert.Equal(0, await Store.Queue.ChangeAsync(QueueFilter.All, QueueChange.Send, None));
        await ReopenAsync();
        Assert.Equal(0, await Store.Queue.ChangeAsync(new QueueFilter(Domain: "remote.test"), QueueChange.Send, None));
        Assert.Equal(0, await Store.Queue.ChangeAsync(new QueueFilter(Status: QueueRecipientStatus.Held), QueueChange.Send, None));
        Assert.Empty(await DueAsync(100_000));
        Assert.Empty(await Store.Queue.ListQueuedBeforeAsync(Clock.GetUtcNow().AddDays(100), isUnwarned: false, null, 10, None));
        Assert.Equal("to be approved", Assert.Single(await Store.Queue.ListAsync(null, 10, None)).HoldReason);
        Assert.Equal(1, await Store.Queue.ChangeAsync(QueueFilter.All, QueueChange.Release, None));
        Assert.Single(await DueAsync(0));
    }

    [Fact]
    public async Task What_a_person_decides_is_no_attempt_and_the_reason_of_the_hold_goes_with_the_last_who_is_held()
    {
        await Store.CommitAsync(new StoreBatch([], [Entry(Body("hello"), 0, "odd")]), None);
        QueueId id = Assert.Single(await Store.Queue.ListAsync(null, 10, None)).Id;
        foreach (int number in (int[])[1, 2])
        {
            await Store.Queue.UpdateAsync(
                new QueueUpdate(id, [new QueueRecipientUpdate(number, QueueRecipientStatus.Failed, Clock.GetUtcNow(), "550 5.7.1 no", IsDecided: true)]), None);
            QueueEntry entry = (await Store.Queue.FindAsync(id, None))!;
            QueueRecipient returned = entry.Recipients[number - 1];
            Assert.Equal((QueueRecipientStatus.Failed, 0, null, "550 5.7.1 no"), (returned.Status, returned.Attempts, returned.LastAttempt, returned.LastReply));
            Assert.Equal(number == 1 ? "odd" : null, entry.HoldReason);
        }
    }

    [Fact]
    public async Task Each_source_gets_its_share_and_the_lower_priority_number_goes_first()
    {
        NewBody body = Body("hello");
        NewQueueEntry Of(string source, int priority) => Entry(body) with { Source = source, Priority = priority, Recipients = [Address("x@remote.test")] };
        await Store.CommitAsync(
            new StoreBatch([], [.. Enumerable.Repeat(Of("many", 0), 20), Of("few", 0), Of("low", 1), Of("urgent", -1)]), None);
        IReadOnlyList<DueMessage> due = await Store.Queue.ListDueAsync("remote.test", Clock.GetUtcNow(), 7, None);
        Assert.Equal(["urgent", "few", "many", "many", "many"], due.Take(5).Select(message => message.Source));
        Assert.DoesNotContain(due, message => message.Source == "low");
        Assert.Equal(23, (await Store.Queue.ListDueAsync("remote.test", Clock.GetUtcNow(), 100, None)).Count);
    }

    [Fact]
    public async Task Entries_are_found_by_what_is_asked_and_removed_with_their_bodies()
    {
        NewBody body = Body("hello");
        await Store.CommitAsync(
            new StoreBatch([], [Entry(body), Entry(body) with { Sender = null, Recipients = [Address("x@Other.test"), Address("x@remote.test")] }, Entry(body, 0, "odd")]),
            None);
        async Task<int> CountAsync(QueueFilter filter) => (await Store.Queue.ListAsync(filter, null, 10, None)).Count;
        Assert.Equal(1, await CountAsync(new QueueFilter(Domain: "other.test")));
        Assert.Equal(3, await CountAsync(new QueueFilter(Domain: "remote.test")));
        Assert.Equal(1, await CountAsync(new QueueFilter(Sender: "")));
        Assert.Equal(2, await CountAsync(new QueueFilter(Sender: "Anna@example.test")));
        Assert.Equal(1, await CountAsync(new QueueFilter(Status: QueueRecipientStatus.Held)));
        Assert.Equal(1, await Store.Queue.ChangeAsync(new QueueFilter(Domain: "other.test"), QueueChange.Remove, None));
        Assert.Equal(3, await CountAsync(QueueFilter.All));
        Assert.Equal(3, await Store.Queue.ChangeAsync(QueueFilter.All, QueueChange.Remove, None));
        Assert.Equal(0, await CountAsync(QueueFilter.All));
        Assert.True(await Store.Maintenance.ReclaimAsync(None) > 0);
    }

    [Fact]
    public async Task What_comes_in_is_told_once_it_is_on_disk()
    {
        var told = new List<QueueArrival>();
        Store.Queue.Observe(told.Add);
        NewBody body = Body("hello");
        NewQueueEntry served = Entry(body, 0, "odd") with { Recipients = [new NewQueueRecipient(Address("x@remote.test")) { Status = QueueRecipientStatus.Delivered }] };
        await Store.CommitAsync(new StoreBatch([], [Entry(body) with { Source = "anna", Priority = 2 }, Entry(body, 0, "odd"), served]), None);
        Assert.Equal(["remote.test"], told[0].Domains.AsEnumerable());
        Assert.Equal((2, "anna", false), (told[0].Priority, told[0].Source, told[0].HasReport));
        Assert.True(told[1].HasReport);
        Assert.Equal(2, told.Count);
        Assert.Equal([told[1].Id], await Store.Queue.ListUnreportedAsync(null, 10, None));
    }

    [Fact]
    public async Task Old_ones_are_found_and_nobody_is_warned_twice()
    {
        await Store.CommitAsync(new StoreBatch([], [Entry(Body("hello")), Entry(Body("hello")) with { Sender = null }]), None);
        IReadOnlyList<QueueId> old = await Store.Queue.ListQueuedBeforeAsync(Clock.GetUtcNow(), isUnwarned: false, null, 10, None);
        Assert.Equal(2, old.Count);
        Assert.Single(await Store.Queue.ListQueuedBeforeAsync(Clock.GetUtcNow(), isUnwarned: false, old[0], 10, None));
        Assert.Equal([old[0]], await Store.Queue.ListQueuedBeforeAsync(Clock.GetUtcNow(), isUnwarned: true, null, 10, None));
        Assert.Empty(await Store.Queue.ListQueuedBeforeAsync(Clock.GetUtcNow().AddSeconds(-1), isUnwarned: true, null, 10, None));
        Assert.NotNull(await Store.Queue.UpdateAsync(new QueueUpdate(old[0], []) { IsWarned = true }, None));
        Assert.Null(await Store.Queue.UpdateAsync(new QueueUpdate(old[0], []) { IsWarned = true }, None));
        Assert.Empty(await Store.Queue.ListQueuedBeforeAsync(Clock.GetUtcNow(), isUnwarned: true, null, 10, None));
    }

    [Fact]
    public async Task What_is_left_over_is_queued_with_its_key_in_one_commit()
    {
        NewBody body = Body("hello");
        var batch = new StoreBatch(
            [Copy(body, new FolderId(99_999))], [], "k", results => results[0].Status == CopyResultStatus.NoFolder ? Entry(body) : null);
        await Store.CommitAsync(batch, None);
        await ReopenAsync();
        Assert.True((await Store.CommitAsync(batch, None)).IsDuplicate);
        Assert.Equal("hello", Text(Assert.Single(await Store.Queue.ListAsync(null, 10, None)).Message));

        NewBody other = Body("stored");
        await Store.CommitAsync(
            new StoreBatch([Copy(other, Inbox.Id)], [], "l", results => results[0].Status == CopyResultStatus.NoFolder ? Entry(other) : null), None);
        Assert.Single(await Store.Queue.ListAsync(null, 10, None));
    }
}
