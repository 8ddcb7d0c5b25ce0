using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>What becomes of mail for a domain beyond its accounts, aliases and lists, and what its accounts may be.</summary>
public sealed record DomainPolicy
{
    /// <summary>The longest <see cref="SubaddressSeparator"/>, in characters.</summary>
    public const int MaximumSeparatorLength = 4;

    /// <summary>The policy of a new domain: unknown recipients are refused, <c>user+detail</c> is <c>user</c>, nothing is limited.</summary>
    public static DomainPolicy Default { get; } = new();

    /// <summary>Who gets mail for unknown recipients; null: they are refused.</summary>
    public EmailAddress? CatchAll { get; init; }

    /// <summary>The domain whose addresses these stand for, local part by local part; null for none.</summary>
    public string? AliasOf { get; init; }

    /// <summary>Whether mail is taken from anybody and sent on to the domain's own hosts: a backup MX.</summary>
    public DomainRelay Relay { get; init; }

    /// <summary>What parts the user from the detail in <c>user+detail</c> (RFC 5233); empty: nothing does.</summary>
    public string SubaddressSeparator { get; init; } = "+";

    /// <summary>The quota of new accounts in octets, 0 for none; null: that of the server's settings.</summary>
    public long? DefaultQuotaOctets { get; init; }

    /// <summary>The largest message taken for the domain, in octets; 0: the server's own limit alone.</summary>
    public long MaximumMessageSize { get; init; }

    /// <summary>The most accounts; 0: no limit.</summary>
    public int MaximumAccounts { get; init; }
}

/// <summary>Which recipients of a domain are sent on to its own hosts.</summary>
public enum DomainRelay
{
    /// <summary>None: the domain's mailboxes are here.</summary>
    None,

    /// <summary>All that are not known here.</summary>
    All,

    /// <summary>Those that an alias of the same address names; others are refused here already.</summary>
    Listed,
}
