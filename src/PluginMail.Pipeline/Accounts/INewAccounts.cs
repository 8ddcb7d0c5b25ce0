using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Gives those an account whom a plugin vouches for, where mail.toml allows it.</summary>
public interface INewAccounts
{
    /// <summary>Makes the account if there is none, without a password of its own.</summary>
    /// <param name="address">Its address. A plugin said that it has an owner.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The account, which may have been there; null where none is made: mail.toml does not allow it, the domain is not served here or is
    /// full, or the address is an alias or a list.
    /// </returns>
    /// <exception cref="StoreUnavailableException">The accounts cannot be read or written.</exception>
    ValueTask<Account?> ProvideAsync(EmailAddress address, CancellationToken cancellationToken);
}
