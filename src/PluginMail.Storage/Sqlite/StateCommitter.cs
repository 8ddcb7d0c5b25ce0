using Microsoft.Extensions.Logging;

namespace PluginMail.Storage.Sqlite;

/// <summary>Commits batches to state.db. Not synced at each: a crash may lose the last second.</summary>
internal sealed class StateCommitter(Database database, ILogger logger) : IBatchCommitter<Database>
{
    private const long MostLagMilliseconds = 500;

    private long _laggingSince;

    public bool IsLagging { get; private set; }

    public void Run(IReadOnlyList<WriteRequest<Database>> batch)
    {
        try
        {
            database.BeginImmediate();
            foreach (WriteRequest<Database> request in batch)
            {
                request.Execute(database);
            }

            database.Commit();
            NoteLag();
        }
        catch (Exception fault)
        {
            Rollback();
            if (batch.Count > 1 && fault is not SqliteFault { IsOfDisk: true })
            {
                StorageLog.BatchRepeated(logger, fault, batch.Count);
                foreach (WriteRequest<Database> request in batch)
                {
                    Run([request]);
                }

                return;
            }

            StorageLog.BatchFailed(logger, fault, batch.Count);
            Exception shown = fault is SqliteFault sqlite ? sqlite.Translate() : fault;
            foreach (WriteRequest<Database> request in batch)
            {
                request.Fail(shown);
            }

            return;
        }

        foreach (WriteRequest<Database> request in batch)
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

        IsLagging = false;
        try
        {
            database.Execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT; PRAGMA synchronous = NORMAL");
        }
        catch (SqliteFault fault)
        {
            StorageLog.BatchFailed(logger, fault, 0);
            Rollback();
        }
    }

    public void Dispose() => database.CheckpointAndDispose();

    private void NoteLag()
    {
        if (!IsLagging)
        {
            IsLagging = true;
            _laggingSince = Environment.TickCount64;
        }
        else if (Environment.TickCount64 - _laggingSince >= MostLagMilliseconds)
        {
            CatchUp();
        }
    }

    private void Rollback()
    {
        try
        {
            database.Rollback();
        }
        catch (SqliteFault fault)
        {
            StorageLog.BatchFailed(logger, fault, 0);
        }
    }
}
