using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Changes of policies and lists; on the writer's thread. Names and addresses are in their one form.</summary>
internal static class PolicyChanges
{
    public static DirectoryChange RemoveDomain(Database database, string domain)
    {
        bool isUsed = database.Prepare(
            """
            SELECT 1 FROM accounts WHERE domain = ?1 UNION ALL SELECT 1 FROM aliases WHERE domain = ?1
            UNION ALL SELECT 1 FROM lists WHERE domain = ?1 UNION ALL SELECT 1 FROM domains WHERE alias_of = ?1 LIMIT 1
            """).With(domain).Scalar() is not null;
        if (isUsed)
        {
            return DirectoryChange.NotEmpty;
        }

        database.Prepare("DELETE FROM domains WHERE name = ?").With(domain).Run();
        return database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
    }

    public static DirectoryChange ChangeDomain(Database database, string name, Func<DomainPolicy, DomainPolicy> change)
    {
        if (DirectoryRows.FindDomain(database, name) is not { } domain)
        {
            return DirectoryChange.NotFound;
        }

        DomainPolicy policy = change(domain.Policy);
        string? aliasOf = policy.AliasOf is null ? null : CanonicalAddress.TryDomain(policy.AliasOf) ?? policy.AliasOf;
        if (aliasOf is not null && (aliasOf == name || DirectoryRows.FindDomain(database, aliasOf) is null))
        {
            return DirectoryChange.UnknownDomain;
        }

        database.Prepare(
            """
            UPDATE domains SET catch_all = ?2, alias_of = ?3, relay = ?4, separator = ?5, default_quota = ?6, maximum_message = ?7,
                maximum_accounts = ?8 WHERE name = ?1
            """)
            .With(name).With(policy.CatchAll is null ? null : AddressText.Write(policy.CatchAll)).With(aliasOf).With((long)policy.Relay)
            .With(policy.SubaddressSeparator).With(policy.DefaultQuotaOctets).With(Math.Max(0, policy.MaximumMessageSize))
            .With(Math.Max(0, policy.MaximumAccounts)).Run();
        return DirectoryChange.Done;
    }

    public static DirectoryChange ChangeAccount(WriteTransaction transaction, AccountId id, Func<AccountPolicy, AccountPolicy> change)
    {
        if (DirectoryRows.FindAccount(transaction.Database, id) is not { } account)
        {
            return DirectoryChange.NotFound;
        }

        AccountPolicy policy = change(account.Policy);
        if (policy.Forwarding.Length > AccountPolicy.MaximumForwarding)
        {
            return DirectoryChange.LimitReached;
        }

        transaction.Database.Prepare(
            "UPDATE accounts SET forwarding = ?2, keeps_copy = ?3, is_disabled = ?4, recipients_per_hour = ?5, version = ?6 WHERE id = ?1")
            .With(id.Value).With(AddressText.WriteSome(policy.Forwarding)).With(policy.KeepsCopy).With(policy.IsDisabled)
            .With(Math.Max(0, policy.RecipientsPerHour)).With(transaction.NextOf("version")).Run();
        return DirectoryChange.Done;
    }

    public static DirectoryChange ChangeAlias(Database database, EmailAddress address, ImmutableArray<EmailAddress> targets)
    {
        if (targets.IsDefaultOrEmpty)
        {
            throw new ArgumentException("An alias needs a target", nameof(targets));
        }

        database.Prepare("UPDATE aliases SET targets = ?3 WHERE domain = ?1 AND local_part = ?2")
            .With(address.Domain).With(address.LocalPart).With(AddressText.Write(targets)).Run();
        return database.Changes > 0 ? DirectoryChange.Done : DirectoryChange.NotFound;
    }

    public static DirectoryChange AddList(Database database, DistributionList list)
    {
        if (DirectoryChanges.WhyNot(database, list.Address) is { } reason)
        {
            return reason;
        }

        if (IsTooLong(list))
        {
            return DirectoryChange.LimitReached;
        }

        database.Prepare(
            """
            INSERT INTO lists (domain, local_part, name, members, posting, senders, owner, replies_go_to_list)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """)
            .With(list.Address.Domain).With(list.Address.LocalPart).With(list.Name).With(AddressText.WriteSome(list.Members))
            .With((long)list.Posting).With(AddressText.WriteSome(list.Senders)).With(list.Owner is null ? null : AddressText.Write(list.Owner))
            .With(list.RepliesGoToList).Run();
        return DirectoryChange.Done;
    }

    public static DirectoryChange ChangeList(Database database, EmailAddress address, Func<DistributionList, DistributionList> change)
    {
        if (DirectoryRows.FindList(database, address) is not { } old)
        {
            return DirectoryChange.NotFound;
        }

        DistributionList list = Canonical(change(old));
        if (IsTooLong(list))
        {
            return DirectoryChange.LimitReached;
        }

        database.Prepare(
            """
            UPDATE lists SET name = ?3, members = ?4, posting = ?5, senders = ?6, owner = ?7, replies_go_to_list = ?8
                WHERE domain = ?1 AND local_part = ?2
            """)
            .With(address.Domain).With(address.LocalPart).With(list.Name).With(AddressText.WriteSome(list.Members)).With((long)list.Posting)
            .With(AddressText.WriteSome(list.Senders)).With(list.Owner is null ? null : AddressText.Write(list.Owner))
            .With(list.RepliesGoToList).Run();
        return DirectoryChange.Done;
    }

    /// <summary>A list with each member and sender once. Their local parts stay as written: other hosts may tell cases apart.</summary>
    public static DistributionList Canonical(DistributionList list) => list with { Members = Once(list.Members), Senders = Once(list.Senders) };

    private static ImmutableArray<EmailAddress> Once(ImmutableArray<EmailAddress> addresses) => addresses.IsDefaultOrEmpty
        ? []
        : [.. addresses.DistinctBy(static address => CanonicalAddress.TryAddress(address) ?? address)];

    private static bool IsTooLong(DistributionList list) =>
        list.Members.Length > DistributionList.MaximumMembers || list.Senders.Length > DistributionList.MaximumSenders;
}
