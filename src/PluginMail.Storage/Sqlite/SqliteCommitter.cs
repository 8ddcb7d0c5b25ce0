using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>Commits batches to mail.db: all bodies, one sync, then one transaction. A batch of nothing but flags is not synced at once.</summary>
internal sealed class SqliteCommitter(Database database, WriteTransaction transaction, DurableDisk disk, ILogger logger)
    : IBatchCommitter<WriteTransaction>
{
    private const long MostLagMilliseconds = 500;

    private bool? _isFull;
    private long _laggingSince;

    public bool IsLagging { get; private set; }

    public void Run(IReadOnlyList<WriteRequest<WriteTransaction>> batch)
    {
        long begun = StorageMetrics.IsWanted ? Stopwatch.GetTimestamp() : 0;
        try
        {
            Commit(batch);
        }
        catch (Exception fault) when (IsOfDisk(fault) || batch.Count == 1)
        {
            Count(batch, isOk: false, begun);
            StorageLog.BatchFailed(logger, fault, batch.Count);
            Fail(batch, fault);
            return;
        }
        catch (Exception fault)
        {
            // One of them is at fault; the others are not to suffer for it.
            StorageLog.BatchRepeated(logger, fault, batch.Count);
            foreach (WriteRequest<WriteTransaction> request in batch)
            {
                Run([request]);
            }

            return;
        }

        // From here on the batch is on disk: nothing may repeat it or call it failed.
        Count(batch, isOk: true, begun);
        Publish(batch.Count);
        foreach (WriteRequest<WriteTransaction> request in batch)
        {
            request.Complete();
        }
    }

    public void CatchUp()
    {
        if (!IsLagging)
        {
            return;
        }

        try
        {
            // A commit with full sync brings everything before it to the disk too. It has to change something: an equal value writes no page.
            SetMode(full: true);
            database.BeginImmediate();
            database.Prepare("UPDATE counters SET value = value + 1 WHERE name = 'version'").Run();
            CommitDurably();
        }
        catch (Exception fault) when (fault is IOException)
        {
            StorageLog.BatchFailed(logger, fault, 0);
            Rollback();
            IsLagging = false; // the next batch meets the same fault, and says so to its callers
        }
    }

    public void Dispose() => database.CheckpointAndDispose();

    /// <summary>Reserves what sequences need. Runs before the first batch too.</summary>
    public void Reserve()
    {
        List<Sequence> low = new[] { transaction.ModSeqs, transaction.QueueIds, transaction.LargeBodies }.Where(s => s.IsLow).ToList();
        if (low.Count == 0)
        {
            return;
        }

        SetMode(full: true);
        database.BeginImmediate();
        List<Action> reserved = [.. low.Select(sequence => sequence.Reserve(database))];
        CommitDurably();
        reserved.ForEach(static action => action());
    }

    private static void Count(IReadOnlyList<WriteRequest<WriteTransaction>> batch, bool isOk, long begun)
    {
        if (begun != 0)
        {
            StorageMetrics.Committed(batch.Count, isOk, Stopwatch.GetElapsedTime(begun));
        }
    }

    private void Commit(IReadOnlyList<WriteRequest<WriteTransaction>> batch)
    {
        bool isCommitting = false;
        transaction.Bodies.Begin();
        try
        {
            Rollback(); // where an earlier one failed too
            Reserve();
            SetMode(full: !batch.All(static request => request.MayLag) || HasLaggedLong());
            database.BeginImmediate();
            foreach (WriteRequest<WriteTransaction> request in batch)
            {
                request.Execute(transaction);
            }

            transaction.Flush();
            transaction.Bodies.Flush();
            isCommitting = true;
            CommitDurably();
        }
        catch
        {
            Rollback();
            transaction.RolledBack();
            transaction.Bodies.Abandon(isCommitting);
            throw;
        }
    }

    private void Publish(int requests)
    {
        try
        {
            transaction.Bodies.Commit();
        }
        catch (Exception fault)
        {
            StorageLog.PublishFailed(logger, fault, requests);
        }

        foreach (Exception fault in transaction.Committed())
        {
            StorageLog.PublishFailed(logger, fault, requests);
        }
    }

    private void CommitDurably()
    {
        if (_isFull == true)
        {
            disk.Delay();
        }

        database.Commit();
        if (_isFull == true)
        {
            IsLagging = false;
        }
        else if (!IsLagging)
        {
            IsLagging = true;
            _laggingSince = Environment.TickCount64;
        }
    }

    private bool HasLaggedLong() => IsLagging && Environment.TickCount64 - _laggingSince >= MostLagMilliseconds;

    private void SetMode(bool full)
    {
        if (_isFull != full)
        {
            database.Execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            _isFull = full;
        }
    }

    private void Rollback()
    {
        if (!database.InTransaction)
        {
            return;
        }

        try
        {
            database.Rollback();
        }
        catch (SqliteFault fault)
        {
            StorageLog.BatchFailed(logger, fault, 0);
        }
    }

    private static bool IsOfDisk(Exception fault) => fault is SqliteFault sqlite ? sqlite.IsOfDisk : fault is IOException;

    private static void Fail(IReadOnlyList<WriteRequest<WriteTransaction>> batch, Exception fault)
    {
        Exception shown = fault switch
        {
            SqliteFault sqlite => sqlite.Translate(),
            IOException => DurableDisk.Translate(fault),
            _ => fault,
        };
        foreach (WriteRequest<WriteTransaction> request in batch)
        {
            request.Fail(shown);
        }
    }
}
