using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Makes the directory what a file says. What is so already is left alone, and what the file does not name stays.</summary>
/// <param name="services">The store.</param>
/// <param name="isTrial">Whether it only says what it would change.</param>
internal sealed class DirectoryApplication(AdminServices services, bool isTrial)
{
    private readonly HashSet<string> _newDomains = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was changed, or would be, a line each.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>What could not be done, a line each.</summary>
    public List<string> Problems { get; } = [];

    private IDirectoryStore Directory => services.Store.Directory;

    public async Task RunAsync(DirectoryFile file, CancellationToken cancellationToken)
    {
        foreach (Domain domain in file.Domains) // all of them before any stands for another
        {
            if (await Directory.FindDomainAsync(domain.Name, cancellationToken) is null
                && _newDomains.Add(domain.Name)
                && await DoAsync($"domain {domain.Name}", "added", () => Directory.AddDomainAsync(domain.Name, cancellationToken))
                && !isTrial)
            {
                await DomainOperations.MakeKeysAsync(services, domain.Name, cancellationToken);
            }
        }

        foreach (Domain domain in file.Domains)
        {
            await ApplyAsync(domain, cancellationToken);
        }

        foreach (AccountEntry account in file.Accounts)
        {
            await ApplyAsync(account, cancellationToken);
        }

        foreach (AddressAlias alias in file.Aliases)
        {
            await ApplyAsync(alias, cancellationToken);
        }

        foreach (DistributionList list in file.Lists)
        {
            await ApplyAsync(list, cancellationToken);
        }
    }

    private async Task ApplyAsync(Domain domain, CancellationToken cancellationToken)
    {
        DomainPolicy old = (await Directory.FindDomainAsync(domain.Name, cancellationToken))?.Policy ?? DomainPolicy.Default;
        string? aliasOf = domain.Policy.AliasOf is { } other ? (await Directory.FindDomainAsync(other, cancellationToken))?.Name ?? other : null;
        DomainPolicy policy = domain.Policy with { AliasOf = aliasOf };
        if (policy != old)
        {
            await DoAsync($"domain {domain.Name}", "policy changed", () => Directory.ChangeDomainAsync(domain.Name, _ => policy, cancellationToken));
        }
    }

    private async Task ApplyAsync(AccountEntry entry, CancellationToken cancellationToken)
    {
        string what = $"account {entry.Address}";
        Account? account = await Directory.FindAccountAsync(entry.Address, cancellationToken);
        if (account is null && !await AddAsync(entry, what, cancellationToken))
        {
            return;
        }

        account ??= await Directory.FindAccountAsync(entry.Address, cancellationToken);
        AccountPolicy policy = account?.Policy ?? AccountPolicy.Default;
        if (!SamePolicy(policy, entry.Policy))
        {
            bool isDone = await DoAsync(what, "policy changed", () => Directory.ChangeAccountAsync(account!.Id, _ => entry.Policy, cancellationToken));
            RevokeLogin(entry, isDone && entry.Policy.IsDisabled && !policy.IsDisabled);
        }

        if (account is null)
        {
            return; // a trial, of an account that would be new
        }

        if (account.Name != entry.Name)
        {
            await DoAsync(what, "name changed", () => Directory.SetNameAsync(account.Id, entry.Name, cancellationToken));
        }

        if (entry.QuotaOctets is { } quota && quota != account.QuotaOctets)
        {
            await DoAsync(what, "quota changed", () => Directory.SetQuotaAsync(account.Id, quota, cancellationToken));
        }

        if (entry.Verifier is { } verifier && verifier.Encode() != account.Verifier?.Encode())
        {
            RevokeLogin(entry, await DoAsync(what, "password changed", () => Directory.SetVerifierAsync(account.Id, verifier, cancellationToken)));
        }
    }

    // As account password and account set do: sessions of a login that does not count any more end.
    private void RevokeLogin(AccountEntry entry, bool isRevoked)
    {
        if (isRevoked && !isTrial)
        {
            services.Listeners?.RevokeLogin(entry.Address);
        }
    }

    private async Task<bool> AddAsync(AccountEntry entry, string what, CancellationToken cancellationToken)
    {
        return await DoAsync(
            what,
            entry.Verifier is null ? "added, without a password: plugins are asked" : "added",
            () => services.Core.NewAccounts.AddAsync(entry.Address, entry.Name, entry.QuotaOctets, entry.Verifier, cancellationToken),
            entry.Address);
    }

    private async Task ApplyAsync(AddressAlias alias, CancellationToken cancellationToken)
    {
        string what = $"alias {alias.Address}";
        AddressAlias? old = await Directory.FindAliasAsync(alias.Address, cancellationToken);
        if (old is null)
        {
            await DoAsync(what, "added", () => Directory.AddAliasAsync(alias, cancellationToken), alias.Address);
        }
        else if (!old.Targets.SequenceEqual(alias.Targets))
        {
            await DoAsync(what, "targets changed", () => Directory.ChangeAliasAsync(alias, cancellationToken));
        }
    }

    private async Task ApplyAsync(DistributionList list, CancellationToken cancellationToken)
    {
        string what = $"list {list.Address}";
        DistributionList? old = await Directory.FindListAsync(list.Address, cancellationToken);
        if (old is null)
        {
            await DoAsync(what, "added", () => Directory.AddListAsync(list, cancellationToken), list.Address);
        }
        else if (!old.Members.SequenceEqual(list.Members))
        {
            await DoAsync(
                what, $"changed: {list.Members.Length} members, before {old.Members.Length}", () => ReplaceAsync(list, cancellationToken));
        }
        else if (!SameSettings(old, list))
        {
            await DoAsync(what, "changed", () => ReplaceAsync(list, cancellationToken));
        }
    }

    private ValueTask<DirectoryChange> ReplaceAsync(DistributionList list, CancellationToken cancellationToken) =>
        Directory.ChangeListAsync(list.Address, old => list with { Address = old.Address }, cancellationToken);

    private static bool SamePolicy(AccountPolicy left, AccountPolicy right) =>
        left.Forwarding.SequenceEqual(right.Forwarding) && left with { Forwarding = [] } == right with { Forwarding = [] };

    private static bool SameSettings(DistributionList left, DistributionList right)
    {
        ImmutableArray<EmailAddress> none = [];
        return left.Senders.SequenceEqual(right.Senders)
            && left with { Members = none, Senders = none } == right with { Address = left.Address, Members = none, Senders = none };
    }

    private async Task<bool> DoAsync(string what, string done, Func<ValueTask<DirectoryChange>> change, EmailAddress? added = null)
    {
        DirectoryChange result = isTrial ? await TryAsync(added) : await change();
        if (result == DirectoryChange.Done)
        {
            Changes.Add($"{what}: {done}");
            return true;
        }

        Problems.Add(result switch
        {
            DirectoryChange.UnknownDomain => $"{what}: not done, its domain (or the one it stands for) is not served here",
            DirectoryChange.LimitReached => $"{what}: not done, it would be beyond a limit",
            DirectoryChange.AlreadyExists => $"{what}: not done, the address is something else already",
            _ => $"{what}: not done, it is gone",
        });
        return false;
    }

    // What a trial can know without the writer.
    private async ValueTask<DirectoryChange> TryAsync(EmailAddress? added)
    {
        if (added is null)
        {
            return DirectoryChange.Done;
        }

        if (await Directory.FindDomainAsync(added.Domain, CancellationToken.None) is null && !_newDomains.Contains(added.Domain))
        {
            return DirectoryChange.UnknownDomain;
        }

        bool isTaken = await Directory.FindAccountAsync(added, CancellationToken.None) is not null
            || await Directory.FindAliasAsync(added, CancellationToken.None) is not null
            || await Directory.FindListAsync(added, CancellationToken.None) is not null;
        return isTaken ? DirectoryChange.AlreadyExists : DirectoryChange.Done;
    }
}
