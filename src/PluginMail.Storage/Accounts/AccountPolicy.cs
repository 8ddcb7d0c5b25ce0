using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>What becomes of an account's mail before its filter, and what its owner may do.</summary>
public sealed record AccountPolicy
{
    /// <summary>The most addresses that mail is forwarded to.</summary>
    public const int MaximumForwarding = 100;

    /// <summary>The policy of a new account.</summary>
    public static AccountPolicy Default { get; } = new();

    /// <summary>Where its mail is sent on to; none: it stays here.</summary>
    public ImmutableArray<EmailAddress> Forwarding { get; init; } = [];

    /// <summary>Whether mail that is forwarded is also kept here.</summary>
    public bool KeepsCopy { get; init; } = true;

    /// <summary>Whether nobody may log in. Mail is taken all the same, and waits.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Recipients an hour that its owner may send to; 0: the server's own limit.</summary>
    public int RecipientsPerHour { get; init; }

    /// <summary>Whether mail stays in the mailbox.</summary>
    public bool IsKept => Forwarding.IsEmpty || KeepsCopy;
}
