using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The active filters of accounts, compiled, and kept until they change. A script that does not compile leaves the last good one in force.</summary>
/// <param name="scripts">The scripts.</param>
/// <param name="compilerOptions">The vocabulary; asked anew for each compilation.</param>
/// <param name="log">Where it says that a script does not compile.</param>
public sealed class FilterCache(IScriptStore scripts, Func<FilterCompilerOptions> compilerOptions, ILogger<FilterCache> log)
{
    private const int MaximumEntries = 10_000;
    private readonly ConcurrentDictionary<AccountId, Entry> _entries = new();
    private FilterCompilerOptions? _words;

    /// <summary>The filter that runs for an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Name and filter; null where none is active, or none ever compiled.</returns>
    public async ValueTask<(string Name, CompiledFilter Filter)?> GetAsync(Account account, CancellationToken cancellationToken)
    {
        FilterCompilerOptions words = compilerOptions();
        if (Interlocked.Exchange(ref _words, words) != words)
        {
            _entries.Clear(); // plugins came or went, and their words with them
        }

        ActiveScript? active = await scripts.GetActiveAsync(account.Id, cancellationToken);
        if (active is null)
        {
            _entries.TryRemove(account.Id, out _);
            return null;
        }

        if (!_entries.TryGetValue(account.Id, out Entry? entry) || entry.Version != active.Version)
        {
            entry = Compile(account, active, entry?.Filter, words);
            if (_entries.Count >= MaximumEntries)
            {
                _entries.Clear();
            }

            _entries[account.Id] = entry;
        }

        return entry.Filter is null ? null : (active.Name, entry.Filter);
    }

    private Entry Compile(Account account, ActiveScript active, CompiledFilter? lastGood, FilterCompilerOptions words)
    {
        FilterCompilation compilation = FilterCompiler.Compile(Encoding.UTF8.GetString(active.Text.Span), active.Name, words);
        if (compilation.Filter is not null)
        {
            return new Entry(active.Version, compilation.Filter);
        }

        DeliveryLog.FilterDoesNotCompile(log, active.Name, account.Address, compilation.Errors.First().Message, lastGood is not null);
        return new Entry(active.Version, lastGood);
    }

    private sealed record Entry(long Version, CompiledFilter? Filter);
}
