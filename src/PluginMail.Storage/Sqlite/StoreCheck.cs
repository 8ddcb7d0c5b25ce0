namespace PluginMail.Storage.Sqlite;

/// <summary>Checks the database, every reference in both directions, all counters and every body.</summary>
internal sealed class StoreCheck(ReaderPool readers, BodyVerifier verifier)
{
    private const int StepSize = 500;
    private const int MostProblems = 1000;

    private static readonly (string Sql, string Problem)[] Rules =
    [
        ("SELECT m.id >> 32, m.id & 4294967295 FROM messages m LEFT JOIN bodies b ON b.key = m.body WHERE b.key IS NULL",
            "Message {0}/{1} names a body that is not there"),
        ("SELECT g.id >> 32, g.id & 4294967295 FROM graves g LEFT JOIN bodies b ON b.key = g.body WHERE b.key IS NULL",
            "Expunged message {0}/{1} names a body that is not there"),
        ("SELECT q.id, q.body FROM queue q LEFT JOIN bodies b ON b.key = q.body WHERE b.key IS NULL",
            "Queue entry {0} names body {1}, which is not there"),
        ("SELECT s.job, s.number FROM mailbox_job_steps s LEFT JOIN bodies b ON b.key = s.body WHERE s.body IS NOT NULL AND b.key IS NULL",
            "Step {1} of job {0} keeps a body that is not there"),
        ("SELECT r.entry, r.number FROM queue_recipients r LEFT JOIN queue q ON q.id = r.entry WHERE q.id IS NULL",
            "Recipient {1} is of queue entry {0}, which is not there"),
        ("SELECT q.id, 0 FROM queue q WHERE NOT EXISTS (SELECT 1 FROM queue_recipients r WHERE r.entry = q.id)",
            "Queue entry {0} has no recipient"),
        ("SELECT m.id >> 32, m.id & 4294967295 FROM messages m LEFT JOIN folders f ON f.id = m.id >> 32 WHERE f.id IS NULL",
            "Message {0}/{1} is in a folder that is not there"),
        ("SELECT f.id, f.account FROM folders f LEFT JOIN accounts a ON a.id = f.account WHERE f.account IS NOT NULL AND a.id IS NULL",
            "Folder {0} is of account {1}, which is not there"),
        ("SELECT s.account, 0 FROM scripts s LEFT JOIN accounts a ON a.id = s.account WHERE a.id IS NULL",
            "A script is of account {0}, which is not there"),
        ("SELECT n.account, n.entry FROM annotations n LEFT JOIN accounts a ON a.id = n.account WHERE a.id IS NULL",
            "Annotation {1} is of account {0}, which is not there"),
        ("SELECT n.folder, n.entry FROM annotations n LEFT JOIN folders f ON f.id = n.folder WHERE n.folder <> 0 AND f.account IS NOT n.account",
            "Annotation {1} is of folder {0}, which is not there or another account's"),
        ("""
         SELECT b.key, b.refs || ' instead of ' || coalesce(c.n, 0) FROM bodies b LEFT JOIN (
             SELECT body, count(*) n FROM (SELECT body FROM messages UNION ALL SELECT body FROM graves UNION ALL SELECT body FROM queue
                 UNION ALL SELECT body FROM mailbox_job_steps WHERE body IS NOT NULL) GROUP BY body)
             c ON c.body = b.key WHERE b.refs <> coalesce(c.n, 0)
         """,
            "Body {0} counts {1} references"),
        ("""
         SELECT f.id, f.messages || ' messages, ' || f.octets || ' octets instead of ' || coalesce(c.n, 0) || ', ' || coalesce(c.o, 0) FROM folders f
         LEFT JOIN (SELECT id >> 32 folder, count(*) n, sum(size) o FROM messages GROUP BY id >> 32) c ON c.folder = f.id
         WHERE f.account IS NOT NULL AND (f.messages <> coalesce(c.n, 0) OR f.octets <> coalesce(c.o, 0))
         """,
            "Folder {0} counts {1}"),
        ("""
         SELECT a.id, a.messages || ' messages, ' || a.octets || ' octets instead of ' || coalesce(c.n, 0) || ', ' || coalesce(c.o, 0) FROM accounts a
         LEFT JOIN (SELECT account, sum(messages) n, sum(octets) o FROM folders GROUP BY account) c ON c.account = a.id
         WHERE a.messages <> coalesce(c.n, 0) OR a.octets <> coalesce(c.o, 0)
         """,
            "Account {0} counts {1}"),
        ("SELECT f.id, max(m.id & 4294967295) u FROM folders f JOIN messages m ON m.id >> 32 = f.id WHERE f.account IS NOT NULL GROUP BY f.id HAVING u >= f.uid_next",
            "Folder {0} would give UID {1} again"),
    ];

    private readonly List<string> _problems = [];
    private long _bodies;
    private long _octets;

    public async Task<StoreCheckReport> RunAsync(CancellationToken cancellationToken)
    {
        await readers.ReadAsync(
            database =>
            {
                CheckDatabase(database, cancellationToken);
                return true;
            },
            cancellationToken);
        await CheckBodiesAsync(cancellationToken);
        return new StoreCheckReport(_bodies, _octets, _problems);
    }

    private void CheckDatabase(Database database, CancellationToken cancellationToken)
    {
        using (Statement rows = database.Prepare("PRAGMA quick_check(100)"))
        {
            while (rows.Step())
            {
                if (rows.Text(0) is var problem and not "ok")
                {
                    Add("Database: " + problem);
                }
            }
        }

        foreach ((string sql, string problem) in Rules)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Statement rows = database.Prepare(sql);
            while (_problems.Count < MostProblems && rows.Step())
            {
                Add(problem.Replace("{0}", rows.Text(0), StringComparison.Ordinal).Replace("{1}", rows.Text(1), StringComparison.Ordinal));
            }
        }
    }

    private async Task CheckBodiesAsync(CancellationToken cancellationToken)
    {
        long after = long.MinValue;
        while (true)
        {
            List<Row> rows = await readers.ReadAsync(database => List(database, after), cancellationToken);
            if (rows.Count == 0)
            {
                return;
            }

            after = rows[^1].Key;
            foreach (Row row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (verifier.Verify(new BodyKey(row.Key), row.Length, row.Structure) is { } problem)
                {
                    Add($"Body {row.Key:x}: {problem}");
                }

                _bodies++;
                _octets += row.Length;
            }
        }
    }

    private static List<Row> List(Database database, long after)
    {
        var list = new List<Row>();
        using Statement rows = database.Prepare("SELECT key, length, structure FROM bodies WHERE key > ?1 ORDER BY key LIMIT ?2")
            .With(after).With(StepSize);
        while (rows.Step())
        {
            list.Add(new Row(rows.Long(0), rows.Long(1), rows.Blob(2)));
        }

        return list;
    }

    private void Add(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
    }

    private readonly record struct Row(long Key, long Length, byte[] Structure);
}
