using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Tests;

public abstract class QueueTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private NewQueueEntry Entry(NewBody body, int minutes = 0, string? hold = null) => new(
        body, Address("anna@example.test"), [Address("x@remote.test"), Address("\"odd @ one\"@remote.test")],
        Direction.Outgoing, "tx1", Clock.GetUtcNow().AddMinutes(minutes), hold);

    [Fact]
    public async Task Entries_come_when_they_are_due_with_their_message()
    {
        NewBody body = Body("hello", "structure");
        await Store.CommitAsync(new StoreBatch([Copy(body, Inbox.Id)], [Entry(body, 10) with { IsJunk = true }, Entry(body, 5), Entry(body, 0, "virus")]), None);
        Assert.Empty(await Store.Queue.ListDueAsync(Clock.GetUtcNow(), 10, None));
        Assert.Equal(Clock.GetUtcNow().AddMinutes(5), await Store.Queue.NextDueAsync(None));
        await ReopenAsync();

        IReadOnlyList<QueueEntry> due = await Store.Queue.ListDueAsync(Clock.GetUtcNow().AddMinutes(10), 10, None);
        Assert.Equal([5, 10], due.Select(entry => (entry.NextAttempt - Clock.GetUtcNow()).TotalMinutes));
        Assert.Single(await Store.Queue.ListDueAsync(Clock.GetUtcNow().AddMinutes(10), 1, None));
        Assert.Equal([false, true], due.Select(entry => entry.IsJunk));
        QueueEntry first = due[0];
        Assert.Equal("hello", Text(first.Message));
        Assert.Equal("structure", Encoding.UTF8.GetString(first.Message.Structure.Span));
        Assert.Equal([Address("x@remote.test"), Address("\"odd @ one\"@remote.test")], first.Recipients.AsEnumerable());
        Assert.Equal((Direction.Outgoing, "tx1", 0, null), (first.Direction, first.TransactionId, first.Attempts, first.LastReply));

        IReadOnlyList<QueueEntry> all = await Store.Queue.ListAsync(null, 10, None);
        Assert.Equal(3, all.Count);
        Assert.Equal(all[2].Id, Assert.Single(await Store.Queue.ListAsync(all[1].Id, 10, None)).Id);
        Assert.Equal("virus", all[2].HoldReason);
    }

    [Fact]
    public async Task An_attempt_ends_in_one_commit_with_what_it_led_to()
    {
        await Store.CommitAsync(new StoreBatch([], [Entry(Body("hello")) with { Sender = null }]), None);
        QueueEntry entry = Assert.Single(await Store.Queue.ListAsync(null, 10, None));
        Assert.Null(entry.Sender);
        CommitResult? result = await Store.Queue.UpdateAsync(
            entry.Id, [Address("x@remote.test")], Clock.GetUtcNow().AddHours(1), "451 later", null, null, None);
        Assert.Empty(result!.Copies);
        entry = Assert.Single(await Store.Queue.ListAsync(null, 10, None));
        Assert.Equal((1, "451 later", 1), (entry.Attempts, entry.LastReply, entry.Recipients.Length));

        result = await Store.Queue.UpdateAsync(
            entry.Id, [], default, "550 no", null, new StoreBatch([Copy(Body("bounce"), Inbox.Id)], []), None);
        Assert.Equal(CopyResultStatus.Stored, result!.Copies[0].Status);
        Assert.Empty(await Store.Queue.ListAsync(null, 10, None));
        Assert.Null(await Store.Queue.NextDueAsync(None));
        Assert.Null(await Store.Queue.UpdateAsync(entry.Id, [], default, null, null, new StoreBatch([Copy(Body("never"), Inbox.Id)], []), None));
        Assert.Equal(["bounce"], await TextsAsync(Inbox.Id));
        Assert.True(await Store.Maintenance.ReclaimAsync(None) > 0);
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
