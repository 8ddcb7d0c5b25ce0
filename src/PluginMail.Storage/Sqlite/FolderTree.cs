namespace PluginMail.Storage.Sqlite;

/// <summary>Changes of an account's folders; on the writer's thread. Names are in their one form.</summary>
internal static class FolderTree
{
    public static FolderChange Create(WriteTransaction transaction, AccountId account, string name, SpecialUse use, int limit)
    {
        Database database = transaction.Database;
        if (!Exists(database, account))
        {
            return FolderChange.NotFound;
        }

        if (Find(database, account, name) is { } existing)
        {
            return existing.IsSelectable ? FolderChange.AlreadyExists : MakeSelectable(transaction, existing.Id, use);
        }

        List<string> missing = [.. FolderName.Ancestors(name).Where(above => Find(database, account, above) is null)];
        if (Count(database, account) + missing.Count + 1 > limit)
        {
            return FolderChange.TooMany;
        }

        foreach (string above in missing)
        {
            Insert(transaction, account, above, SpecialUse.None, isSelectable: true);
        }

        Insert(transaction, account, name, use, isSelectable: true);
        return FolderChange.Done;
    }

    public static FolderChange Rename(WriteTransaction transaction, AccountId account, string name, string newName, int limit)
    {
        Database database = transaction.Database;
        if (Find(database, account, name) is not { } folder)
        {
            return FolderChange.NotFound;
        }

        if (Find(database, account, newName) is not null)
        {
            return FolderChange.AlreadyExists;
        }

        if (newName.StartsWith(name + Folder.Separator, StringComparison.Ordinal) && name != Folder.Inbox)
        {
            return FolderChange.NotAllowed;
        }

        if (name == Folder.Inbox)
        {
            return RenameInbox(transaction, account, folder.Id, newName, limit);
        }

        List<(long Id, string Name)> below = Below(database, account, name);
        if (below.Exists(child => FolderName.TryNormalize(newName + child.Name[name.Length..]) is null))
        {
            return FolderChange.InvalidName;
        }

        List<string> missing = [.. FolderName.Ancestors(newName).Where(above => Find(database, account, above) is null)];
        if (missing.Count > 0 && Count(database, account) + missing.Count > limit)
        {
            return FolderChange.TooMany;
        }

        foreach (string above in missing)
        {
            Insert(transaction, account, above, SpecialUse.None, isSelectable: true);
        }

        foreach ((long id, string child) in below.Prepend((folder.Id.Value, name)))
        {
            database.Prepare("UPDATE folders SET name = ?2 WHERE id = ?1").With(id).With(newName + child[name.Length..]).Run();
        }

        return FolderChange.Done;
    }

    public static FolderChange Delete(WriteTransaction transaction, AccountId account, string name)
    {
        Database database = transaction.Database;
        if (name == Folder.Inbox)
        {
            return FolderChange.NotAllowed;
        }

        if (Find(database, account, name) is not { } folder)
        {
            return FolderChange.NotFound;
        }

        bool hasChildren = Below(database, account, name).Count > 0;
        if (hasChildren && !folder.IsSelectable)
        {
            return FolderChange.NotAllowed; // RFC 3501 section 6.3.4
        }

        Remove(transaction, folder.Id);
        if (hasChildren)
        {
            Insert(transaction, account, name, SpecialUse.None, isSelectable: false);
        }

        return FolderChange.Done;
    }

    public static FolderChange Subscribe(Database database, AccountId account, string name, bool isSubscribed, int limit)
    {
        if (!isSubscribed)
        {
            database.Prepare("DELETE FROM subscriptions WHERE account = ?1 AND name = ?2").With(account.Value).With(name).Run();
            return FolderChange.Done;
        }

        long count = database.Prepare("SELECT count(*) FROM subscriptions WHERE account = ?").With(account.Value).Scalar() ?? 0;
        if (count >= limit)
        {
            return FolderChange.TooMany;
        }

        database.Prepare("INSERT INTO subscriptions VALUES (?1, ?2) ON CONFLICT DO NOTHING").With(account.Value).With(name).Run();
        return FolderChange.Done;
    }

    /// <summary>Inserts a folder; its UIDVALIDITY was never given before.</summary>
    public static FolderId Insert(WriteTransaction transaction, AccountId account, string name, SpecialUse use, bool isSelectable)
    {
        transaction.Database.Prepare(
            "INSERT INTO folders (account, name, special_use, is_selectable, uid_validity, mod_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .With(account.Value).With(name).With((long)use).With(isSelectable)
            .With(transaction.NextOf("uid_validity")).With(transaction.ModSeqs.Next()).Run();
        return new FolderId(transaction.Database.LastInsertRowId);
    }

    /// <summary>Takes a folder out of its account; its messages follow when nobody holds it.</summary>
    public static void Remove(WriteTransaction transaction, FolderId id)
    {
        FolderState folder = transaction.Folder(id)!;
        transaction.Count(folder, -folder.Octets, -folder.Messages);
        transaction.FolderDeleted(folder);
        AnnotationRows.Remove(transaction.Database, id);
        transaction.Database.Prepare("UPDATE folders SET account = NULL, name = NULL WHERE id = ?").With(id.Value).Run();
    }

    private static FolderChange RenameInbox(WriteTransaction transaction, AccountId account, FolderId inbox, string newName, int limit)
    {
        FolderChange created = Create(transaction, account, newName, SpecialUse.None, limit);
        if (created == FolderChange.Done)
        {
            FolderId target = Find(transaction.Database, account, newName)!.Value.Id;
            MessageChanges.MoveAll(transaction, transaction.Folder(inbox)!, transaction.Folder(target)!);
        }

        return created;
    }

    private static FolderChange MakeSelectable(WriteTransaction transaction, FolderId id, SpecialUse use)
    {
        transaction.Database.Prepare("UPDATE folders SET is_selectable = 1, special_use = ?2 WHERE id = ?1").With(id.Value).With((long)use).Run();
        transaction.Forget(transaction.Folder(id)!);
        return FolderChange.Done;
    }

    private static bool Exists(Database database, AccountId account) =>
        database.Prepare("SELECT 1 FROM accounts WHERE id = ?").With(account.Value).Scalar() is not null;

    private static long Count(Database database, AccountId account) =>
        database.Prepare("SELECT count(*) FROM folders WHERE account = ?").With(account.Value).Scalar() ?? 0;

    private static (FolderId Id, bool IsSelectable)? Find(Database database, AccountId account, string name)
    {
        using Statement row = database.Prepare("SELECT id, is_selectable FROM folders WHERE account = ?1 AND name = ?2").With(account.Value).With(name);
        return row.Step() ? (new FolderId(row.Long(0)), row.Long(1) != 0) : null;
    }

    /// <summary>The folders below a name: those between "name/" and "name0", for 0 follows the slash.</summary>
    private static List<(long Id, string Name)> Below(Database database, AccountId account, string name)
    {
        var below = new List<(long, string)>();
        using Statement rows = database.Prepare("SELECT id, name FROM folders WHERE account = ?1 AND name > ?2 AND name < ?3")
            .With(account.Value).With(name + '/').With(name + '0');
        while (rows.Step())
        {
            below.Add((rows.Long(0), rows.Text(1)));
        }

        return below;
    }
}
