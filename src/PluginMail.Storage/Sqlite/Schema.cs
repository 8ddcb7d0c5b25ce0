namespace PluginMail.Storage.Sqlite;

/// <summary>The tables of mail.db, as the steps that lead to them. A step once released is never changed; a new one is added behind it.</summary>
internal static class Schema
{
    /// <summary>Step n leads from version n to n + 1.</summary>
    internal static readonly string[] Steps =
    [
        """
        CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE domains (name TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, local_part TEXT NOT NULL, domain TEXT NOT NULL, name TEXT NOT NULL,
            quota INTEGER NOT NULL, verifier TEXT NOT NULL, version INTEGER NOT NULL,
            octets INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL DEFAULT 0,
            UNIQUE (domain, local_part));
        CREATE TABLE aliases (
            domain TEXT NOT NULL, local_part TEXT NOT NULL, targets TEXT NOT NULL, PRIMARY KEY (domain, local_part)) WITHOUT ROWID;
        -- A deleted folder has no account and no name; its messages go in steps, once nobody holds it.
        CREATE TABLE folders (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER, name TEXT, special_use INTEGER NOT NULL,
            is_selectable INTEGER NOT NULL, uid_validity INTEGER NOT NULL, uid_next INTEGER NOT NULL DEFAULT 1,
            first_recent_uid INTEGER NOT NULL DEFAULT 1, mod_seq INTEGER NOT NULL, keywords TEXT NOT NULL DEFAULT '',
            octets INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL DEFAULT 0,
            UNIQUE (account, name));
        CREATE INDEX folders_deleted ON folders (id) WHERE account IS NULL;
        CREATE TABLE subscriptions (account INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account, name)) WITHOUT ROWID;
        -- id = folder << 32 | uid. Graves are expunged messages that a held version may still see.
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY, mod_seq INTEGER NOT NULL, flags INTEGER NOT NULL, received INTEGER NOT NULL,
            zone INTEGER NOT NULL, size INTEGER NOT NULL, body INTEGER NOT NULL, prefix BLOB);
        CREATE TABLE graves (
            id INTEGER PRIMARY KEY, mod_seq INTEGER NOT NULL, received INTEGER NOT NULL,
            zone INTEGER NOT NULL, size INTEGER NOT NULL, body INTEGER NOT NULL, prefix BLOB);
        -- refs counts messages, graves and queue entries; a body with none waits to be reclaimed.
        CREATE TABLE bodies (key INTEGER PRIMARY KEY, length INTEGER NOT NULL, refs INTEGER NOT NULL, structure BLOB);
        CREATE INDEX bodies_dead ON bodies (key) WHERE refs <= 0;
        CREATE TABLE queue (
            id INTEGER PRIMARY KEY, sender TEXT, recipients TEXT NOT NULL, direction INTEGER NOT NULL, transaction_id TEXT NOT NULL,
            queued INTEGER NOT NULL, next_attempt INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
            hold_reason TEXT, last_reply TEXT, size INTEGER NOT NULL, body INTEGER NOT NULL);
        CREATE INDEX queue_due ON queue (next_attempt, id) WHERE hold_reason IS NULL;
        CREATE TABLE scripts (
            account INTEGER NOT NULL, name TEXT NOT NULL, is_active INTEGER NOT NULL, version INTEGER NOT NULL, text BLOB,
            PRIMARY KEY (account, name)) WITHOUT ROWID;
        CREATE TABLE idempotency (key TEXT PRIMARY KEY, committed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX idempotency_committed ON idempotency (committed);
        INSERT INTO counters VALUES ('mod_seq', 0), ('queue', 0), ('large_body', 0), ('version', 0), ('uid_validity', unixepoch());
        """,
        "ALTER TABLE queue ADD COLUMN is_junk INTEGER NOT NULL DEFAULT 0;",
        """
        -- status: 0 waiting, 1 held, from 2 on it is to be reported. priority and source are those of the entry, for the index alone.
        CREATE TABLE queue_recipients (
            entry INTEGER NOT NULL, number INTEGER NOT NULL, address TEXT NOT NULL, domain TEXT NOT NULL, notify INTEGER, orcpt TEXT,
            status INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_attempt INTEGER NOT NULL, last_attempt INTEGER,
            last_reply TEXT, last_host TEXT, priority INTEGER NOT NULL DEFAULT 0, source TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (entry, number)) WITHOUT ROWID;
        INSERT INTO queue_recipients (entry, number, address, domain, status, attempts, next_attempt, last_attempt, last_reply)
            WITH RECURSIVE split (entry, number, address, rest) AS (
                SELECT id, 0, '', recipients || char(10) FROM queue
                UNION ALL
                SELECT entry, number + 1, substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
                    FROM split WHERE rest <> '')
            SELECT s.entry, s.number, s.address, lower(replace(s.address, rtrim(s.address, replace(s.address, '@', '')), '')),
                q.hold_reason IS NOT NULL, q.attempts, q.next_attempt, CASE WHEN q.attempts > 0 THEN q.queued END, q.last_reply
                FROM split s JOIN queue q ON q.id = s.entry WHERE s.number > 0;
        CREATE INDEX queue_due_in_domain ON queue_recipients (domain, priority, source, next_attempt) WHERE status = 0;
        CREATE INDEX queue_unreported ON queue_recipients (entry) WHERE status > 1;
        DROP INDEX queue_due;
        ALTER TABLE queue DROP COLUMN recipients;
        ALTER TABLE queue DROP COLUMN next_attempt;
        ALTER TABLE queue DROP COLUMN attempts;
        ALTER TABLE queue DROP COLUMN last_reply;
        ALTER TABLE queue ADD COLUMN source TEXT NOT NULL DEFAULT '';
        ALTER TABLE queue ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue ADD COLUMN envid TEXT;
        ALTER TABLE queue ADD COLUMN ret INTEGER;
        ALTER TABLE queue ADD COLUMN requires_tls INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue ADD COLUMN may_report INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE queue ADD COLUMN is_warned INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue ADD COLUMN history TEXT;
        CREATE INDEX queue_queued ON queue (queued, id);
        CREATE INDEX queue_unwarned ON queue (queued, id) WHERE is_warned = 0;
        """,
        """
        -- relay: 0 none, 1 all, 2 listed.
        ALTER TABLE domains ADD COLUMN catch_all TEXT;
        ALTER TABLE domains ADD COLUMN alias_of TEXT;
        ALTER TABLE domains ADD COLUMN relay INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE domains ADD COLUMN separator TEXT NOT NULL DEFAULT '+';
        ALTER TABLE domains ADD COLUMN default_quota INTEGER;
        ALTER TABLE domains ADD COLUMN maximum_message INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE domains ADD COLUMN maximum_accounts INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE accounts ADD COLUMN forwarding TEXT;
        ALTER TABLE accounts ADD COLUMN keeps_copy INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE accounts ADD COLUMN is_disabled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE accounts ADD COLUMN recipients_per_hour INTEGER NOT NULL DEFAULT 0;
        -- posting: 0 members, 1 anyone, 2 the domain, 3 named senders. members and senders: an address a line.
        CREATE TABLE lists (
            domain TEXT NOT NULL, local_part TEXT NOT NULL, name TEXT NOT NULL, members TEXT, posting INTEGER NOT NULL, senders TEXT,
            owner TEXT, replies_go_to_list INTEGER NOT NULL, PRIMARY KEY (domain, local_part)) WITHOUT ROWID;
        """,
        """
        -- state: 0 running, 1 done, 2 being undone, 3 undone. A job of an account that is gone expires at once.
        CREATE TABLE mailbox_jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, folder INTEGER NOT NULL, name TEXT NOT NULL, script BLOB,
            state INTEGER NOT NULL, started INTEGER NOT NULL, changed INTEGER NOT NULL, done_uid INTEGER NOT NULL, last_uid INTEGER NOT NULL,
            total INTEGER NOT NULL, processed INTEGER NOT NULL DEFAULT 0, moved INTEGER NOT NULL DEFAULT 0, copied INTEGER NOT NULL DEFAULT 0,
            deleted INTEGER NOT NULL DEFAULT 0, flagged INTEGER NOT NULL DEFAULT 0, left_alone INTEGER NOT NULL DEFAULT 0,
            withheld INTEGER NOT NULL DEFAULT 0, returned INTEGER NOT NULL DEFAULT 0, not_returned INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX mailbox_jobs_account ON mailbox_jobs (account);
        CREATE INDEX mailbox_jobs_changed ON mailbox_jobs (changed);
        CREATE INDEX mailbox_jobs_unfinished ON mailbox_jobs (folder) WHERE state IN (0, 2);
        -- kind: 0 moved, 1 copied, 2 deleted, 3 flagged. message is a key of messages; of a deleted one the row keeps what is needed to bring it back.
        CREATE TABLE mailbox_job_steps (
            job INTEGER NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL, message INTEGER NOT NULL, flags INTEGER NOT NULL,
            keywords TEXT NOT NULL, received INTEGER, zone INTEGER, size INTEGER, body INTEGER, prefix BLOB,
            PRIMARY KEY (job, number)) WITHOUT ROWID;
        """,
        """
        -- Folder 0 is the server, login 0 is everybody. The account is the one whose bounds count: the folder's, or the login's.
        CREATE TABLE annotations (
            folder INTEGER NOT NULL, login INTEGER NOT NULL, entry TEXT NOT NULL COLLATE NOCASE, account INTEGER NOT NULL, value BLOB,
            UNIQUE (folder, login, entry));
        CREATE INDEX annotations_account ON annotations (account);
        """,
        "ALTER TABLE queue ADD COLUMN judgement TEXT;",
        """
        -- The case of a plugin's name does not part its keys any more.
        UPDATE OR IGNORE idempotency SET key = 'plugins/' || lower(substr(key, 9, instr(substr(key, 9), '/') - 1))
                || substr(key, 8 + instr(substr(key, 9), '/'))
            WHERE key GLOB 'plugins/*[A-Z]*/*';
        """,
    ];

    /// <summary>The version that this code works with.</summary>
    public static int Current => Steps.Length;

    /// <summary>Brings a database to the current version, each step in a transaction of its own.</summary>
    /// <returns>The version it had.</returns>
    /// <exception cref="StoreUnavailableException">It is newer than this server.</exception>
    public static int Upgrade(Database database) => Upgrade(database, Steps);

    internal static int Upgrade(Database database, IReadOnlyList<string> steps)
    {
        int version = (int)database.Prepare("PRAGMA user_version").Scalar()!;
        if (version > steps.Count)
        {
            throw new StoreUnavailableException(
                $"The store has schema {version}; this server knows up to {steps.Count}. Run the newer server, or restore an older backup.",
                isDiskFull: false);
        }

        for (int step = version; step < steps.Count; step++)
        {
            database.BeginImmediate();
            try
            {
                database.Execute(steps[step]);
                database.Execute($"PRAGMA user_version = {step + 1}");
                database.Commit();
            }
            catch
            {
                database.Rollback();
                throw;
            }
        }

        return version;
    }
}
