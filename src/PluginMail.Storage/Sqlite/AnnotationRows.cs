namespace PluginMail.Storage.Sqlite;

/// <summary>The table of annotations. Folder 0 is the server, login 0 is everybody; an account is charged for what is its own and its folders'.</summary>
internal static class AnnotationRows
{
    private const long Server = 0;
    private const long Everybody = 0;

    public static byte[]? Find(Database database, AnnotationOwner owner, string entry)
    {
        using Statement row = database.Prepare("SELECT value FROM annotations WHERE folder = ?1 AND login = ?2 AND entry = ?3")
            .With(FolderOf(owner)).With(LoginOf(owner, entry)).With(entry);
        return row.Step() ? row.Blob(0) : null;
    }

    /// <summary>An entry and those below it: these are between "entry/" and "entry0", for 0 follows the slash.</summary>
    public static void List(Database database, AnnotationOwner owner, string entry, AnnotationDepth depth, OrderedDictionary<string, Annotation> found)
    {
        using Statement rows = depth == AnnotationDepth.Zero
            ? database.Prepare("SELECT entry, value FROM annotations WHERE folder = ?1 AND login = ?2 AND entry = ?3")
                .With(FolderOf(owner)).With(LoginOf(owner, entry)).With(entry)
            : database.Prepare(
                """
                SELECT entry, value FROM annotations
                WHERE folder = ?1 AND login = ?2 AND (entry = ?3 OR (entry > ?4 AND entry < ?5)) ORDER BY entry
                """).With(FolderOf(owner)).With(LoginOf(owner, entry)).With(entry).With(entry + '/').With(entry + '0');
        while (rows.Step())
        {
            if (rows.Text(0) is var name && !found.ContainsKey(name) && AnnotationName.IsWithin(name, entry, depth))
            {
                found.Add(name, new Annotation(name, rows.Blob(1)));
            }
        }
    }

    /// <summary>Makes a change within the bounds, or nothing; on the writer's thread. Of one name there is one update.</summary>
    public static AnnotationChange Set(
        WriteTransaction transaction, AnnotationOwner owner, IReadOnlyList<AnnotationUpdate> updates, StoreOptions options, out AccountId account)
    {
        Database database = transaction.Database;
        AccountId? charged = ChargedTo(transaction, owner);
        account = charged.GetValueOrDefault();
        if (charged is null)
        {
            return AnnotationChange.NotFound;
        }

        if (!Fits(database, owner, account, updates, options))
        {
            return AnnotationChange.TooMany;
        }

        foreach (AnnotationUpdate update in updates)
        {
            if (update.Value is { } value)
            {
                database.Prepare(
                    """
                    INSERT INTO annotations (folder, login, entry, account, value) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT DO UPDATE SET value = excluded.value
                    """).With(FolderOf(owner)).With(LoginOf(owner, update.Entry)).With(update.Entry).With(account.Value).With(value.Span).Run();
            }
            else
            {
                database.Prepare("DELETE FROM annotations WHERE folder = ?1 AND login = ?2 AND entry = ?3")
                    .With(FolderOf(owner)).With(LoginOf(owner, update.Entry)).With(update.Entry).Run();
            }
        }

        return AnnotationChange.Done;
    }

    public static void Remove(Database database, FolderId folder) =>
        database.Prepare("DELETE FROM annotations WHERE folder = ?").With(folder.Value).Run();

    public static void Remove(Database database, AccountId account) =>
        database.Prepare("DELETE FROM annotations WHERE account = ?").With(account.Value).Run();

    private static long FolderOf(AnnotationOwner owner) => owner.Folder?.Value ?? Server;

    private static long LoginOf(AnnotationOwner owner, string entry) => AnnotationName.IsPrivate(entry) ? owner.Login.Value : Everybody;

    private static AccountId? ChargedTo(WriteTransaction transaction, AnnotationOwner owner) => owner.Folder is { } folder
        ? transaction.Folder(folder)?.Account
        : transaction.Database.Prepare("SELECT id FROM accounts WHERE id = ?").With(owner.Login.Value).Scalar() is { } id ? new AccountId(id) : null;

    /// <summary>Counts what would be there afterwards. What shrinks always fits, so that one who has too much can get rid of it.</summary>
    private static bool Fits(
        Database database, AnnotationOwner owner, AccountId account, IReadOnlyList<AnnotationUpdate> updates, StoreOptions options)
    {
        long entries = 0;
        long octets = 0;
        foreach (AnnotationUpdate update in updates)
        {
            long? before = database.Prepare("SELECT coalesce(length(value), 0) FROM annotations WHERE folder = ?1 AND login = ?2 AND entry = ?3")
                .With(FolderOf(owner)).With(LoginOf(owner, update.Entry)).With(update.Entry).Scalar();
            entries += (update.Value is null ? 0 : 1) - (before is null ? 0 : 1);
            octets += (update.Value?.Length ?? 0) - (before ?? 0);
        }

        if (entries <= 0 && octets <= 0)
        {
            return true;
        }

        long ofOwner = database.Prepare("SELECT count(*) FROM annotations WHERE folder = ?1 AND account = ?2")
            .With(FolderOf(owner)).With(account.Value).Scalar()!.Value;
        using Statement sums = database.Prepare("SELECT count(*), coalesce(sum(length(value)), 0) FROM annotations WHERE account = ?").With(account.Value);
        sums.Step();
        return (entries <= 0 || (ofOwner + entries <= options.MaximumFolderAnnotations && sums.Long(0) + entries <= options.MaximumAnnotations))
            && (octets <= 0 || sums.Long(1) + octets <= options.MaximumAnnotationOctets);
    }
}
