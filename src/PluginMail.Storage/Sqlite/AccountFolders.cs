namespace PluginMail.Storage.Sqlite;

/// <summary>An account's folders at one moment.</summary>
/// <param name="All">INBOX first, then by name.</param>
/// <param name="ByName">The same.</param>
internal sealed record FolderList(IReadOnlyList<Folder> All, Dictionary<string, Folder> ByName);

/// <summary>The folder lists of accounts, kept in memory until they change.</summary>
internal sealed class AccountFolders(ReaderPool readers)
{
    private readonly ReadThroughCache<AccountId, FolderList> _lists = new(100_000, static list => list.All.Count);

    public ValueTask<FolderList> GetAsync(AccountId account, CancellationToken cancellationToken) =>
        _lists.GetAsync(account, (key, token) => readers.ReadAsync(database => Read(database, key), token), cancellationToken);

    public void Clear(AccountId account) => _lists.Remove(account);

    private static FolderList Read(Database database, AccountId account)
    {
        var all = new List<Folder>();
        using Statement rows = database.Prepare(
            """
            SELECT f.id, f.name, f.special_use, f.uid_validity, f.is_selectable, s.name IS NOT NULL
            FROM folders f LEFT JOIN subscriptions s ON s.account = f.account AND s.name = f.name WHERE f.account = ?
            """).With(account.Value);
        while (rows.Step())
        {
            all.Add(new Folder(
                new FolderId(rows.Long(0)), account, rows.Text(1), (SpecialUse)rows.Int(2), (uint)rows.Long(3), rows.Long(5) != 0, rows.Long(4) != 0));
        }

        all.Sort(static (left, right) => FolderName.Compare(left.Name, right.Name));
        return new FolderList(all, all.ToDictionary(static folder => folder.Name, StringComparer.Ordinal));
    }
}
