using System.Text;

namespace PluginMail.Storage.Sqlite;

/// <summary>Filter scripts; the active ones through a cache.</summary>
internal sealed class ScriptStore(ReaderPool readers, GroupWriter<WriteTransaction> writer, StoreOptions options) : IScriptStore
{
    private const int MaximumNameOctets = 512;

    private readonly ReadThroughCache<AccountId, ActiveScript?> _active = new(32 << 20, static script => 100 + (script?.Text.Length ?? 0));

    public ValueTask<ActiveScript?> GetActiveAsync(AccountId account, CancellationToken cancellationToken) =>
        _active.GetAsync(account, (key, token) => readers.ReadAsync(database => FindActive(database, key), token), cancellationToken);

    public ValueTask<IReadOnlyList<ScriptInfo>> ListAsync(AccountId account, CancellationToken cancellationToken) =>
        readers.ReadAsync<IReadOnlyList<ScriptInfo>>(
            database =>
            {
                var scripts = new List<ScriptInfo>();
                using Statement rows = database.Prepare(
                    "SELECT name, is_active, coalesce(length(text), 0) FROM scripts WHERE account = ? ORDER BY name").With(account.Value);
                while (rows.Step())
                {
                    scripts.Add(new ScriptInfo(rows.Text(0), rows.Long(1) != 0, rows.Int(2)));
                }

                return scripts;
            },
            cancellationToken);

    public ValueTask<byte[]?> GetAsync(AccountId account, string name, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            database =>
            {
                using Statement row = database.Prepare("SELECT text FROM scripts WHERE account = ?1 AND name = ?2").With(account.Value).With(name);
                return row.Step() ? row.Blob(0) : null;
            },
            cancellationToken);

    public async ValueTask<ScriptChange> PutAsync(
        AccountId account, string name, ReadOnlyMemory<byte> text, bool activate, CancellationToken cancellationToken)
    {
        if (!IsName(name))
        {
            return ScriptChange.InvalidName;
        }

        return await ChangeAsync(account, transaction => Put(transaction, account, name, text.Span, activate), cancellationToken);
    }

    public ValueTask<ScriptChange> ActivateAsync(AccountId account, string? name, CancellationToken cancellationToken) =>
        ChangeAsync(account, transaction => Activate(transaction.Database, account, name), cancellationToken);

    public ValueTask<ScriptChange> DeleteAsync(AccountId account, string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            account,
            transaction =>
            {
                if (Find(transaction.Database, account, name) is not { } found)
                {
                    return ScriptChange.NotFound;
                }

                if (found.IsActive)
                {
                    return ScriptChange.IsActive;
                }

                transaction.Database.Prepare("DELETE FROM scripts WHERE account = ?1 AND name = ?2").With(account.Value).With(name).Run();
                return ScriptChange.Done;
            },
            cancellationToken);

    public async ValueTask<ScriptChange> RenameAsync(AccountId account, string name, string newName, CancellationToken cancellationToken)
    {
        if (!IsName(newName))
        {
            return ScriptChange.InvalidName;
        }

        return await ChangeAsync(
            account,
            transaction =>
            {
                Database database = transaction.Database;
                if (Find(database, account, name) is null)
                {
                    return ScriptChange.NotFound;
                }

                if (Find(database, account, newName) is not null)
                {
                    return ScriptChange.AlreadyExists;
                }

                database.Prepare("UPDATE scripts SET name = ?3 WHERE account = ?1 AND name = ?2").With(account.Value).With(name).With(newName).Run();
                return ScriptChange.Done;
            },
            cancellationToken);
    }

    /// <summary>The account was removed.</summary>
    public void Clear(AccountId account) => _active.Remove(account);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaximumNameOctets && Encoding.UTF8.GetByteCount(name) <= MaximumNameOctets
        && !name.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029');

    private ScriptChange Put(WriteTransaction transaction, AccountId account, string name, ReadOnlySpan<byte> text, bool activate)
    {
        Database database = transaction.Database;
        if (database.Prepare("SELECT 1 FROM accounts WHERE id = ?").With(account.Value).Scalar() is null)
        {
            return ScriptChange.NotFound;
        }

        using (Statement sums = database.Prepare(
            "SELECT count(*), coalesce(sum(length(text)), 0) FROM scripts WHERE account = ?1 AND name <> ?2").With(account.Value).With(name))
        {
            sums.Step();
            if (sums.Long(0) >= options.MaximumScripts || sums.Long(1) + text.Length > options.MaximumScriptOctets)
            {
                return ScriptChange.OverQuota;
            }
        }

        database.Prepare(
            """
            INSERT INTO scripts (account, name, is_active, version, text) VALUES (?1, ?2, 0, ?3, ?4)
            ON CONFLICT DO UPDATE SET version = excluded.version, text = excluded.text
            """).With(account.Value).With(name).With(transaction.NextOf("version")).With(text).Run();
        return activate ? Activate(database, account, name) : ScriptChange.Done;
    }

    private static ScriptChange Activate(Database database, AccountId account, string? name)
    {
        if (name is not null && Find(database, account, name) is null)
        {
            return ScriptChange.NotFound;
        }

        database.Prepare("UPDATE scripts SET is_active = (name IS ?2) WHERE account = ?1").With(account.Value).With(name).Run();
        return ScriptChange.Done;
    }

    private static ActiveScript? FindActive(Database database, AccountId account)
    {
        using Statement row = database.Prepare("SELECT name, version, text FROM scripts WHERE account = ? AND is_active").With(account.Value);
        return row.Step() ? new ActiveScript(row.Text(0), row.Long(1), row.Blob(2)) : null;
    }

    private static (bool IsActive, long Version)? Find(Database database, AccountId account, string name)
    {
        using Statement row = database.Prepare("SELECT is_active, version FROM scripts WHERE account = ?1 AND name = ?2")
            .With(account.Value).With(name);
        return row.Step() ? (row.Long(0) != 0, row.Long(1)) : null;
    }

    private async ValueTask<ScriptChange> ChangeAsync(
        AccountId account, Func<WriteTransaction, ScriptChange> change, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            transaction =>
            {
                ScriptChange result = change(transaction);
                transaction.OnCommitted(() => _active.Remove(account));
                return result;
            },
            cancellationToken);
}
