using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Reads of the directory's rows.</summary>
internal static class DirectoryRows
{
    private const string AccountColumns = "SELECT id, local_part, domain, name, quota, verifier, version FROM accounts";

    public static Domain? FindDomain(Database database, string name) =>
        database.Prepare("SELECT 1 FROM domains WHERE name = ?").With(name).Scalar() is null ? null : new Domain(name);

    public static Account? FindAccount(Database database, EmailAddress address)
    {
        using Statement row = database.Prepare(AccountColumns + " WHERE domain = ?1 AND local_part = ?2")
            .With(address.Domain).With(address.LocalPart);
        return row.Step() ? ReadAccount(row) : null;
    }

    public static AddressAlias? FindAlias(Database database, EmailAddress address)
    {
        using Statement row = database.Prepare("SELECT targets FROM aliases WHERE domain = ?1 AND local_part = ?2")
            .With(address.Domain).With(address.LocalPart);
        return row.Step() ? new AddressAlias(address, AddressText.Read(row.Text(0))) : null;
    }

    public static IReadOnlyList<Domain> ListDomains(Database database)
    {
        var domains = new List<Domain>();
        using Statement rows = database.Prepare("SELECT name FROM domains ORDER BY name");
        while (rows.Step())
        {
            domains.Add(new Domain(rows.Text(0)));
        }

        return domains;
    }

    public static List<Account> ListAccounts(Database database, string? domain)
    {
        var accounts = new List<Account>();
        using Statement rows = database.Prepare(AccountColumns + " WHERE ?1 IS NULL OR domain = ?1 ORDER BY local_part, domain").With(domain);
        while (rows.Step())
        {
            accounts.Add(ReadAccount(rows));
        }

        return accounts;
    }

    public static List<AddressAlias> ListAliases(Database database, string? domain)
    {
        var aliases = new List<AddressAlias>();
        using Statement rows = database.Prepare(
            "SELECT local_part, domain, targets FROM aliases WHERE ?1 IS NULL OR domain = ?1 ORDER BY local_part, domain").With(domain);
        while (rows.Step())
        {
            aliases.Add(new AddressAlias(new EmailAddress(rows.Text(0), rows.Text(1)), AddressText.Read(rows.Text(2))));
        }

        return aliases;
    }

    public static DirectoryChange RemoveDomain(Database database, string domain)
    {
        bool isUsed = database.Prepare(
            "SELECT 1 FROM accounts WHERE domain = ?1 UNION ALL SELECT 1 FROM aliases WHERE domain = ?1 LIMIT 1").With(domain).Scalar() is not null;
        if (isUsed)
        {
            return DirectoryChange.NotEmpty;
        }

        database.Prepare("DELETE FROM domains WHERE name = ?").With(domain).Run();
        return database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
    }

    private static Account ReadAccount(Statement row) => new(
        new AccountId(row.Long(0)),
        new EmailAddress(row.Text(1), row.Text(2)),
        row.Text(3),
        row.Long(4),
        ScramVerifier.TryDecode(row.Text(5)) ?? throw new StoreUnavailableException($"Account {row.Long(0)} has no readable verifier", isDiskFull: false),
        row.Long(6));
}
