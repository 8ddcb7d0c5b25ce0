using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Changes of the directory; on the writer's thread. Addresses are in their one form.</summary>
internal static class DirectoryChanges
{
    public static DirectoryChange AddAccount(
        WriteTransaction transaction, EmailAddress address, string name, long quotaOctets, ScramVerifier verifier, IReadOnlyList<NewFolder> folders)
    {
        Database database = transaction.Database;
        if (WhyNot(database, address) is { } reason)
        {
            return reason;
        }

        if (IsFull(database, address.Domain))
        {
            return DirectoryChange.LimitReached;
        }

        database.Prepare("INSERT INTO accounts (local_part, domain, name, quota, verifier, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .With(address.LocalPart).With(address.Domain).With(name).With(Math.Max(0, quotaOctets)).With(verifier.Encode())
            .With(transaction.NextOf("version")).Run();
        var account = new AccountId(database.LastInsertRowId);
        Subscribe(transaction, account, new NewFolder(Folder.Inbox, SpecialUse.None));
        foreach (NewFolder folder in folders)
        {
            Subscribe(transaction, account, folder);
        }

        return DirectoryChange.Done;
    }

    /// <summary>Removes an account at once; the messages of its folders follow in steps.</summary>
    public static DirectoryChange RemoveAccount(WriteTransaction transaction, AccountId account, out List<FolderId> folders)
    {
        Database database = transaction.Database;
        folders = [];
        using (Statement rows = database.Prepare("SELECT id FROM folders WHERE account = ?").With(account.Value))
        {
            while (rows.Step())
            {
                folders.Add(new FolderId(rows.Long(0)));
            }
        }

        foreach (FolderId folder in folders)
        {
            FolderTree.Remove(transaction, folder);
        }

        transaction.Forget(account);
        database.Prepare("DELETE FROM subscriptions WHERE account = ?").With(account.Value).Run();
        database.Prepare("DELETE FROM scripts WHERE account = ?").With(account.Value).Run();
        AnnotationRows.Remove(database, account);
        database.Prepare("UPDATE mailbox_jobs SET state = 3, changed = 0 WHERE account = ?").With(account.Value).Run();
        database.Prepare("DELETE FROM accounts WHERE id = ?").With(account.Value).Run();
        return database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
    }

    public static DirectoryChange AddAlias(Database database, EmailAddress address, ImmutableArray<EmailAddress> targets)
    {
        if (targets.IsDefaultOrEmpty)
        {
            throw new ArgumentException("An alias needs a target", nameof(targets));
        }

        if (WhyNot(database, address) is { } reason)
        {
            return reason;
        }

        database.Prepare("INSERT INTO aliases (local_part, domain, targets) VALUES (?1, ?2, ?3)")
            .With(address.LocalPart).With(address.Domain).With(AddressText.Write(targets)).Run();
        return DirectoryChange.Done;
    }

    /// <summary>Why an address cannot be taken; null where it can.</summary>
    internal static DirectoryChange? WhyNot(Database database, EmailAddress address)
    {
        if (DirectoryRows.FindDomain(database, address.Domain) is null)
        {
            return DirectoryChange.UnknownDomain;
        }

        bool isTaken = database.Prepare(
            """
            SELECT 1 FROM accounts WHERE domain = ?1 AND local_part = ?2
            UNION ALL SELECT 1 FROM aliases WHERE domain = ?1 AND local_part = ?2
            UNION ALL SELECT 1 FROM lists WHERE domain = ?1 AND local_part = ?2 LIMIT 1
            """).With(address.Domain).With(address.LocalPart).Scalar() is not null;
        return isTaken ? DirectoryChange.AlreadyExists : null;
    }

    private static bool IsFull(Database database, string domain) =>
        DirectoryRows.FindDomain(database, domain)!.Policy.MaximumAccounts is > 0 and var limit
        && database.Prepare("SELECT count(*) FROM accounts WHERE domain = ?").With(domain).Scalar() >= limit;

    private static void Subscribe(WriteTransaction transaction, AccountId account, NewFolder folder)
    {
        FolderTree.Create(transaction, account, folder.Name, folder.SpecialUse, int.MaxValue);
        transaction.Database.Prepare("INSERT INTO subscriptions VALUES (?1, ?2) ON CONFLICT DO NOTHING").With(account.Value).With(folder.Name).Run();
    }
}
