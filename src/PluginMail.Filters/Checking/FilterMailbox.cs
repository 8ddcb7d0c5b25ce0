using System.Collections.Immutable;

namespace PluginMail.Filters.Checking;

/// <summary>What is known of the mailbox that a script is for, so that its folders and addresses can be checked.</summary>
/// <param name="Folders">The UTF-8 names of its folders.</param>
/// <param name="Addresses">The addresses that it receives mail for, the first being its own.</param>
public sealed record FilterMailbox(ImmutableArray<string> Folders, ImmutableArray<string> Addresses)
{
    /// <summary>The names of the external lists that its scripts can use (RFC 6134).</summary>
    public ImmutableArray<string> Lists { get; init; } = [];

    /// <summary>Whether a folder is there; INBOX is, in any case of its letters.</summary>
    public bool HasFolder(string name) =>
        name.Equals("INBOX", StringComparison.OrdinalIgnoreCase) || Folders.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether the mailbox receives mail for an address.</summary>
    public bool HasAddress(string address) => Addresses.Contains(address, StringComparer.OrdinalIgnoreCase);
}
