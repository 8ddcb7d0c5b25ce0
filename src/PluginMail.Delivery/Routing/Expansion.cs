using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What a recipient stands for.</summary>
/// <param name="Accounts">Mailboxes here.</param>
/// <param name="Remote">Addresses elsewhere.</param>
/// <param name="IsTruncated">Whether aliases lead too far to be followed to their ends, so that some target is missing.</param>
/// <param name="IsUnavailable">Whether a directory could not answer, so that some target may be missing.</param>
public sealed record Expansion(ImmutableArray<Account> Accounts, ImmutableArray<EmailAddress> Remote, bool IsTruncated, bool IsUnavailable = false)
{
    /// <summary>Distribution lists here.</summary>
    public ImmutableArray<DistributionList> Lists { get; init; } = [];

    /// <summary>Whether it is, or leads to, a reverse path that was rewritten here: such an address takes reports alone.</summary>
    public bool IsReturn { get; init; }

    /// <summary>Whether it may lack targets, and must not be acted upon now.</summary>
    public bool IsIncomplete => IsTruncated || IsUnavailable;

    /// <summary>How many mailboxes, addresses elsewhere and lists it stands for.</summary>
    public int Count => Accounts.Length + Remote.Length + Lists.Length;
}
