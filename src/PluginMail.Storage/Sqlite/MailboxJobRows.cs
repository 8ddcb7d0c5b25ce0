namespace PluginMail.Storage.Sqlite;

/// <summary>Reads and writes rows of jobs and of their steps.</summary>
internal static class MailboxJobRows
{
    private const string Columns =
        "id, account, folder, name, state, started, changed, done_uid, last_uid, total, processed, moved, copied, deleted, flagged, left_alone, withheld, returned, not_returned";

    public static MailboxJob? Find(Database database, MailboxJobId id)
    {
        using Statement row = database.Prepare($"SELECT {Columns} FROM mailbox_jobs WHERE id = ?").With(id.Value);
        return row.Step() ? Read(row) : null;
    }

    public static MailboxJob? FindUnfinished(Database database, FolderId folder)
    {
        using Statement row = database.Prepare($"SELECT {Columns} FROM mailbox_jobs WHERE folder = ? AND state IN (0, 2) ORDER BY id LIMIT 1")
            .With(folder.Value);
        return row.Step() ? Read(row) : null;
    }

    public static List<MailboxJob> List(Database database, AccountId account)
    {
        var jobs = new List<MailboxJob>();
        using Statement rows = database.Prepare($"SELECT {Columns} FROM mailbox_jobs WHERE account = ? ORDER BY id DESC").With(account.Value);
        while (rows.Step())
        {
            jobs.Add(Read(rows));
        }

        return jobs;
    }

    public static void Insert(Database database, MailboxJob job, ReadOnlySpan<byte> script) => database.Prepare(
        """
        INSERT INTO mailbox_jobs (account, folder, name, script, state, started, changed, done_uid, last_uid, total)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """).With(job.Account.Value).With(job.Folder.Value).With(job.Name).With(script).With((long)job.State)
        .With(job.Started.ToUnixTimeMilliseconds()).With(job.Changed.ToUnixTimeMilliseconds()).With(job.DoneUid).With(job.LastUid)
        .With(job.Total).Run();

    public static void Update(Database database, MailboxJob job) => database.Prepare(
        """
        UPDATE mailbox_jobs SET state = ?2, changed = ?3, done_uid = ?4, processed = ?5, moved = ?6, copied = ?7, deleted = ?8, flagged = ?9,
            left_alone = ?10, withheld = ?11, returned = ?12, not_returned = ?13 WHERE id = ?1
        """).With(job.Id.Value).With((long)job.State).With(job.Changed.ToUnixTimeMilliseconds()).With(job.DoneUid).With(job.Counts.Processed)
        .With(job.Counts.Moved).With(job.Counts.Copied).With(job.Counts.Deleted).With(job.Counts.Flagged).With(job.Counts.LeftAlone)
        .With(job.Counts.Withheld).With(job.Counts.Returned).With(job.Counts.NotReturned).Run();

    public static void InsertStep(Database database, MailboxJobStep step) => database.Prepare(
        """
        INSERT INTO mailbox_job_steps (job, number, kind, message, flags, keywords, received, zone, size, body, prefix)
        VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM mailbox_job_steps WHERE job = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """).With(step.Job.Value).With((long)step.Kind).With(step.Message).With((long)step.Flags.Bits).With(string.Join('\n', step.Keywords))
        .With(step.Kept?.Received).With(step.Kept?.Zone).With(step.Kept?.Size).With(step.Kept?.Body).With(step.Prefix).Run();

    public static List<MailboxJobStep> FirstSteps(Database database, MailboxJobId job, int most)
    {
        var steps = new List<MailboxJobStep>();
        using Statement rows = database.Prepare(
            """
            SELECT number, kind, message, flags, keywords, received, zone, size, body, prefix FROM mailbox_job_steps WHERE job = ?1
            ORDER BY number LIMIT ?2
            """).With(job.Value).With(most);
        while (rows.Step())
        {
            steps.Add(new MailboxJobStep(
                job, (MailboxJobStepKind)rows.Int(1), rows.Long(2), new MessageFlags((ulong)rows.Long(3)), rows.Text(4).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Number = rows.Long(0),
                Kept = rows.IsNull(8) ? null : new MessageRow(rows.Long(2), 0, default, rows.Long(5), rows.Int(6), rows.Long(7), rows.Long(8)),
                Prefix = rows.Blob(9),
            });
        }

        return steps;
    }

    public static void DeleteSteps(Database database, MailboxJobId job, long through) =>
        database.Prepare("DELETE FROM mailbox_job_steps WHERE job = ?1 AND number <= ?2").With(job.Value).With(through).Run();

    private static MailboxJob Read(Statement row) => new(
        new MailboxJobId(row.Long(0)),
        new AccountId(row.Long(1)),
        new FolderId(row.Long(2)),
        row.Text(3),
        (MailboxJobState)row.Int(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.Long(5)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.Long(6)),
        (uint)row.Long(7),
        (uint)row.Long(8),
        row.Long(9),
        new MailboxJobCounts(
            row.Long(10), row.Long(11), row.Long(12), row.Long(13), row.Long(14), row.Long(15), row.Long(16), row.Long(17), row.Long(18)));
}

/// <summary>What a step of a job did, as mail.db numbers it.</summary>
internal enum MailboxJobStepKind
{
    Moved,
    Copied,
    Deleted,
    Flagged,
}

/// <summary>A step of a job, as it is needed to take it back.</summary>
/// <param name="Job">The job.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Message">The key of the message as it is after the step; of a deleted one as it was before.</param>
/// <param name="Flags">The system flags that it got; of a deleted message those that it had.</param>
/// <param name="Keywords">The keywords, likewise.</param>
internal sealed record MailboxJobStep(MailboxJobId Job, MailboxJobStepKind Kind, long Message, MessageFlags Flags, IReadOnlyList<string> Keywords)
{
    /// <summary>Its place in the job.</summary>
    public long Number { get; init; }

    /// <summary>The deleted message, whose body the step keeps.</summary>
    public MessageRow? Kept { get; init; }

    /// <summary>The deleted message's own header octets.</summary>
    public byte[] Prefix { get; init; } = [];
}
