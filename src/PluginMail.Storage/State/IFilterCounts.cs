namespace PluginMail.Storage;

/// <summary>How often filters and their rules were of use. Statistics: a crash may lose the last second, and no delivery waits for them.</summary>
public interface IFilterCounts
{
    /// <summary>Adds to what is kept. What was not added to for about a year is forgotten.</summary>
    /// <param name="counts">What is to be added.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it is committed.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was added.</exception>
    ValueTask AddAsync(IReadOnlyList<FilterCount> counts, CancellationToken cancellationToken);

    /// <summary>Reads what is kept.</summary>
    /// <param name="account">Whose scripts; null: the server's, for mail of all accounts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By script and rule; what was never counted is not among them.</returns>
    ValueTask<IReadOnlyList<FilterCount>> ReadAsync(AccountId? account, CancellationToken cancellationToken);
}

/// <summary>How often a script, or a rule of it, was of use.</summary>
/// <param name="Account">Whose script; null: the server's.</param>
/// <param name="Script">Its name.</param>
/// <param name="Rule">What the rule is known by; empty for the script itself.</param>
/// <param name="Runs">Messages that the script was run on; 0 for a rule.</param>
/// <param name="Hits">Messages that the rule, or any rule of the script, did something about.</param>
/// <param name="LastHit">When it last did; null where it never did.</param>
public sealed record FilterCount(AccountId? Account, string Script, string Rule, long Runs, long Hits, DateTimeOffset? LastHit);
