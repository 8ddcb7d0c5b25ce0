using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Reads of the directory's rows.</summary>
internal static class DirectoryRows
{
    private const string DomainColumns =
        "SELECT name, catch_all, alias_of, relay, separator, default_quota, maximum_message, maximum_accounts FROM domains";

    private const string AccountColumns =
        "SELECT id, local_part, domain, name, quota, verifier, version, forwarding, keeps_copy, is_disabled, recipients_per_hour FROM accounts";

    private const string ListColumns = "SELECT local_part, domain, name, members, posting, senders, owner, replies_go_to_list FROM lists";

    public static Domain? FindDomain(Database database, string name)
    {
        using Statement row = database.Prepare(DomainColumns + " WHERE name = ?").With(name);
        return row.Step() ? ReadDomain(row) : null;
    }

    public static Account? FindAccount(Database database, EmailAddress address)
    {
        using Statement row = database.Prepare(AccountColumns + " WHERE domain = ?1 AND local_part = ?2")
            .With(address.Domain).With(address.LocalPart);
        return row.Step() ? ReadAccount(row) : null;
    }

    public static Account? FindAccount(Database database, AccountId id)
    {
        using Statement row = database.Prepare(AccountColumns + " WHERE id = ?").With(id.Value);
        return row.Step() ? ReadAccount(row) : null;
    }

    public static DistributionList? FindList(Database database, EmailAddress address)
    {
        using Statement row = database.Prepare(ListColumns + " WHERE domain = ?1 AND local_part = ?2")
            .With(address.Domain).With(address.LocalPart);
        return row.Step() ? ReadList(row) : null;
    }

    public static List<DistributionList> ListLists(Database database, string? domain)
    {
        var lists = new List<DistributionList>();
        using Statement rows = database.Prepare(ListColumns + " WHERE ?1 IS NULL OR domain = ?1 ORDER BY local_part, domain").With(domain);
        while (rows.Step())
        {
            lists.Add(ReadList(rows));
        }

        return lists;
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
        using Statement rows = database.Prepare(DomainColumns + " ORDER BY name");
        while (rows.Step())
        {
            domains.Add(ReadDomain(rows));
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

    private static Account ReadAccount(Statement row) => new(
        new AccountId(row.Long(0)),
        new EmailAddress(row.Text(1), row.Text(2)),
        row.Text(3),
        row.Long(4),
        ReadVerifier(row),
        row.Long(6))
    {
        Policy = new AccountPolicy
        {
            Forwarding = AddressText.ReadSome(row.TextOrNull(7)),
            KeepsCopy = row.Long(8) != 0,
            IsDisabled = row.Long(9) != 0,
            RecipientsPerHour = row.Int(10),
        },
    };

    // An empty one is written for an account without a password of its own; what cannot be read must not become that.
    private static ScramVerifier? ReadVerifier(Statement row) => row.Text(5) is { Length: > 0 } text
        ? ScramVerifier.TryDecode(text) ?? throw new StoreUnavailableException($"Account {row.Long(0)} has no readable verifier", isDiskFull: false)
        : null;

    private static Domain ReadDomain(Statement row) => new(row.Text(0))
    {
        Policy = new DomainPolicy
        {
            CatchAll = row.TextOrNull(1) is { } address ? AddressText.ReadOne(address) : null,
            AliasOf = row.TextOrNull(2),
            Relay = (DomainRelay)row.Int(3),
            SubaddressSeparator = row.Text(4),
            DefaultQuotaOctets = row.IsNull(5) ? null : row.Long(5),
            MaximumMessageSize = row.Long(6),
            MaximumAccounts = row.Int(7),
        },
    };

    private static DistributionList ReadList(Statement row) => new(
        new EmailAddress(row.Text(0), row.Text(1)), AddressText.ReadSome(row.TextOrNull(3)))
    {
        Name = row.Text(2),
        Posting = (ListPosting)row.Int(4),
        Senders = AddressText.ReadSome(row.TextOrNull(5)),
        Owner = row.TextOrNull(6) is { } address ? AddressText.ReadOne(address) : null,
        RepliesGoToList = row.Long(7) != 0,
    };
}
