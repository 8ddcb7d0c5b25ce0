using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>A further source of addresses. Asked after the server's own accounts and aliases did not know the address.</summary>
public interface IDirectory : IMailRole
{
    /// <summary>Looks an address up.</summary>
    /// <param name="address">An address of a domain that this server serves.</param>
    /// <param name="cancellationToken">Cancelled at the time limit.</param>
    /// <returns>
    /// The addresses it stands for, which are routed in turn; the address itself where it is a mailbox, whose account is made when
    /// somebody first sends to it, where mail.toml allows that; empty where it is not known.
    /// </returns>
    ValueTask<ImmutableArray<EmailAddress>> LookUpAsync(EmailAddress address, CancellationToken cancellationToken);
}
