using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>An account's key.</summary>
/// <param name="Value">A number that is never used again.</param>
public readonly record struct AccountId(long Value);

/// <summary>A domain that this server receives mail for.</summary>
/// <param name="Name">Lower case; internationalised labels as A-labels.</param>
public sealed record Domain(string Name)
{
    /// <summary>What becomes of mail for it, and what its accounts may be.</summary>
    public DomainPolicy Policy { get; init; } = DomainPolicy.Default;
}

/// <summary>A mailbox owner.</summary>
/// <param name="Id">The key.</param>
/// <param name="Address">The main address, local part and domain in lower case; also the login.</param>
/// <param name="Name">A display name; empty where none was given.</param>
/// <param name="QuotaOctets">The most octets it may keep; 0 is no limit.</param>
/// <param name="Verifier">What its password is checked against; null: it has none here, and plugins are asked.</param>
/// <param name="Version">Changes with every change of the account, so that caches notice.</param>
public sealed record Account(
    AccountId Id, EmailAddress Address, string Name, long QuotaOctets, ScramVerifier? Verifier, long Version)
{
    /// <summary>What becomes of its mail, and what its owner may do.</summary>
    public AccountPolicy Policy { get; init; } = AccountPolicy.Default;
}

/// <summary>An address that stands for others.</summary>
/// <param name="Address">Local part and domain in lower case.</param>
/// <param name="Targets">What it stands for, here or elsewhere; at least one.</param>
public sealed record AddressAlias(EmailAddress Address, ImmutableArray<EmailAddress> Targets);

/// <summary>What an account holds.</summary>
/// <param name="Octets">Logical octets: each copy counts with its full size.</param>
/// <param name="Messages">Copies.</param>
public readonly record struct AccountUsage(long Octets, long Messages);

/// <summary>How a change of the directory ended.</summary>
public enum DirectoryChange
{
    /// <summary>Done and on disk.</summary>
    Done,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The address or name is taken already, by an account, an alias or a domain.</summary>
    AlreadyExists,

    /// <summary>The address's domain is not served here.</summary>
    UnknownDomain,

    /// <summary>A domain that has accounts, aliases or lists is not removed, nor one that another stands for.</summary>
    NotEmpty,

    /// <summary>The domain has all the accounts it may have, or the list all the members.</summary>
    LimitReached,
}
