namespace PluginMail.Storage.Sqlite;

/// <summary>Filters' counts in state.db, beside the plugins' state and by the same writer.</summary>
internal sealed class FilterCountTable(GroupWriter<Database> writer, ReaderPool readers, TimeProvider time) : IFilterCounts
{
    public const string Schema =
        """
        CREATE TABLE IF NOT EXISTS filter_counts (
            account INTEGER NOT NULL, script TEXT NOT NULL, rule TEXT NOT NULL,
            runs INTEGER NOT NULL, hits INTEGER NOT NULL, last_hit INTEGER NOT NULL, changed INTEGER NOT NULL,
            PRIMARY KEY (account, script, rule)) WITHOUT ROWID;
        """;

    private const long ServerScripts = 0;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    public async ValueTask AddAsync(IReadOnlyList<FilterCount> counts, CancellationToken cancellationToken)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await writer.WriteAsync(
            database =>
            {
                foreach (FilterCount count in counts)
                {
                    database.Prepare(
                        """
                        INSERT INTO filter_counts (account, script, rule, runs, hits, last_hit, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                        ON CONFLICT DO UPDATE SET
                            runs = runs + excluded.runs, hits = hits + excluded.hits, last_hit = max(last_hit, excluded.last_hit), changed = excluded.changed
                        """)
                        .With(count.Account?.Value ?? ServerScripts).With(count.Script).With(count.Rule)
                        .With(count.Runs).With(count.Hits).With(count.LastHit?.ToUnixTimeMilliseconds() ?? 0).With(now).Run();
                }

                return true;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<FilterCount>> ReadAsync(AccountId? account, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<FilterCount>>(database => Read(database, account), cancellationToken);

    /// <summary>Forgets what has not been of use for long: rules that were edited away, accounts that are gone.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        long oldest = (time.GetUtcNow() - Lifetime).ToUnixTimeMilliseconds();
        await writer.WriteAsync(
            database =>
            {
                database.Prepare("DELETE FROM filter_counts WHERE changed < ?").With(oldest).Run();
                return true;
            },
            cancellationToken);
    }

    private static List<FilterCount> Read(Database database, AccountId? account)
    {
        var counts = new List<FilterCount>();
        using Statement row = database.Prepare("SELECT script, rule, runs, hits, last_hit FROM filter_counts WHERE account = ? ORDER BY script, rule")
            .With(account?.Value ?? ServerScripts);
        while (row.Step())
        {
            long last = row.Long(4);
            counts.Add(new FilterCount(
                account, row.Text(0), row.Text(1), row.Long(2), row.Long(3), last == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(last)));
        }

        return counts;
    }
}
