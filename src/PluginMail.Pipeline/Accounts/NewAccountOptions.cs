using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>What an account has when it is made, and whether one is made for whom a plugin vouches: <c>[mailboxes]</c> of mail.toml.</summary>
public sealed record NewAccountOptions
{
    /// <summary>Folders besides INBOX.</summary>
    public IReadOnlyList<NewFolder> Folders { get; init; } = [];

    /// <summary>Names of those folders that its owner is not subscribed to.</summary>
    public IReadOnlyList<string> Unsubscribed { get; init; } = [];

    /// <summary>The most octets it may keep where its domain says nothing; 0 is no limit.</summary>
    public long QuotaOctets { get; init; }

    /// <summary>Whether an account is made when a plugin knows its owner: at the first login, or when somebody first sends to it.</summary>
    public bool OnDemand { get; init; }
}
