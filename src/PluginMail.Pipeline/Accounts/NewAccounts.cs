using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Makes accounts with the folders, subscriptions and quota that mail.toml and their domain give to new ones.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="options">Settings; asked anew each time, so that a reload counts.</param>
/// <param name="log">Told of accounts that are made because a plugin vouches for them.</param>
public sealed class NewAccounts(IMailStore store, Func<NewAccountOptions> options, ILogger log) : INewAccounts
{
    /// <summary>Adds an account.</summary>
    /// <param name="address">Its address, of a domain served here.</param>
    /// <param name="name">A display name, or empty.</param>
    /// <param name="quotaOctets">0 is no limit; null: what its domain or mail.toml gives.</param>
    /// <param name="verifier">What its password is checked against; null: it has none of its own, and plugins are asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Done, AlreadyExists, UnknownDomain or LimitReached.</returns>
    /// <exception cref="StoreUnavailableException">The accounts cannot be read or written.</exception>
    public async ValueTask<DirectoryChange> AddAsync(
        EmailAddress address, string name, long? quotaOctets, ScramVerifier? verifier, CancellationToken cancellationToken)
    {
        NewAccountOptions given = options();
        long quota = quotaOctets
            ?? (await store.Directory.FindDomainAsync(address.Domain, cancellationToken))?.Policy.DefaultQuotaOctets
            ?? given.QuotaOctets;
        DirectoryChange change = await store.Directory.AddAccountAsync(address, name, quota, verifier, given.Folders, cancellationToken);
        if (change == DirectoryChange.Done && given.Unsubscribed.Count > 0
            && await store.Directory.FindAccountAsync(address, cancellationToken) is { } account)
        {
            foreach (string folder in given.Unsubscribed)
            {
                await store.Mailboxes.SubscribeAsync(account.Id, folder, isSubscribed: false, cancellationToken);
            }
        }

        return change;
    }

    /// <inheritdoc/>
    public async ValueTask<Account?> ProvideAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        if (!options().OnDemand)
        {
            return null;
        }

        DirectoryChange change = await AddAsync(address, "", quotaOctets: null, verifier: null, cancellationToken);
        if (change == DirectoryChange.Done)
        {
            PipelineLog.AccountMade(log, address.ToString());
        }
        else if (change == DirectoryChange.LimitReached)
        {
            PipelineLog.DomainFull(log, address.ToString());
        }

        return await store.Directory.FindAccountAsync(address, cancellationToken);
    }
}
