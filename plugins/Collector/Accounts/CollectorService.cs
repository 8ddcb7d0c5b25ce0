using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Collector.Accounts;

/// <summary>Visits all accounts.</summary>
internal sealed class CollectorService(ImmutableArray<AccountCollector> accounts) : IBackgroundService
{
    /// <summary>The accounts.</summary>
    public ImmutableArray<AccountCollector> Accounts => accounts;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(accounts.Select(account => Task.Run(() => account.RunAsync(cancellationToken), CancellationToken.None)));
}
