using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Domains with what is in them, as <c>domain export</c> writes and <c>domain apply</c> reads them.</summary>
/// <param name="Domains">The domains.</param>
/// <param name="Accounts">The accounts.</param>
/// <param name="Aliases">The aliases.</param>
/// <param name="Lists">The distribution lists.</param>
internal sealed record DirectoryFile(
    ImmutableArray<Domain> Domains, ImmutableArray<AccountEntry> Accounts, ImmutableArray<AddressAlias> Aliases, ImmutableArray<DistributionList> Lists);

/// <summary>An account in such a file.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Name">The display name.</param>
/// <param name="QuotaOctets">0 is no limit; null: it stays, or is the default of a new account.</param>
/// <param name="Verifier">What its password is checked against; null: it stays, and a new account has none, so that plugins are asked.</param>
/// <param name="Policy">What becomes of its mail.</param>
internal sealed record AccountEntry(EmailAddress Address, string Name, long? QuotaOctets, ScramVerifier? Verifier, AccountPolicy Policy);
