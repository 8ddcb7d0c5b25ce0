using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// Counts what filters and their rules do. A delivery adds in memory; what has gathered is written every few seconds and at the end, in one
/// transaction that no delivery waits for, so that a crash loses the last seconds.
/// </summary>
/// <remarks>
/// A script's counts go on when it is edited, and begin anew when it is renamed. A rule is known by its own text: its count goes on when the script
/// is changed around it, and begins anew when the rule is changed. A message that is tried again is counted again.
/// </remarks>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class FilterCounters(IFilterCounts store, TimeProvider clock, ILogger<FilterCounters> log)
{
    private const int MostPending = 100_000;
    private const int MostAtOnce = 1000;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private Dictionary<Key, Tally> _pending = [];

    /// <summary>Adds what a run did.</summary>
    /// <param name="account">Whose filters ran.</param>
    /// <param name="result">What came of it.</param>
    public void Add(AccountId account, FilterResult result)
    {
        if (result.Scripts.IsEmpty)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (CompiledFilter script in result.Scripts)
            {
                bool isHit = result.Hits.Any(hit => ReferenceEquals(hit.Filter, script));
                Add(new Key(OwnerOf(script, account), script.Text.Name, ""), runs: 1, isHit ? 1 : 0, now);
            }

            foreach (FilterHit hit in result.Hits.DistinctBy(static hit => (hit.Filter, hit.Rule.Id)))
            {
                Add(new Key(OwnerOf(hit.Filter, account), hit.Filter.Text.Name, hit.Rule.Id), runs: 0, hits: 1, now);
            }
        }
    }

    /// <summary>Writes every few seconds what has gathered, until it is told to end.</summary>
    /// <param name="stopping">Ends it; what is left then is for <see cref="FlushAsync"/>.</param>
    /// <returns>Completes when it has ended.</returns>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await FlushAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Writes what has gathered. What the store does not take is kept for the next time.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it is written.</returns>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<Key, Tally> gathered;
        lock (_lock)
        {
            (gathered, _pending) = (_pending, []);
        }

        foreach (KeyValuePair<Key, Tally>[] some in gathered.Chunk(MostAtOnce))
        {
            await WriteAsync(some, cancellationToken);
        }
    }

    /// <summary>Reads the counts up to now.</summary>
    /// <param name="account">Whose scripts; null: the server's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By script and rule.</returns>
    public async ValueTask<IReadOnlyList<FilterCount>> ReadAsync(AccountId? account, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return await store.ReadAsync(account, cancellationToken);
    }

    private static AccountId? OwnerOf(CompiledFilter script, AccountId account) => script.Location == ScriptLocation.Global ? null : account;

    private async ValueTask WriteAsync(KeyValuePair<Key, Tally>[] some, CancellationToken cancellationToken)
    {
        try
        {
            await store.AddAsync(
                [.. some.Select(pair => new FilterCount(pair.Key.Account, pair.Key.Script, pair.Key.Rule, pair.Value.Runs, pair.Value.Hits, pair.Value.LastHit))],
                cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            DeliveryLog.CountsNotWritten(log, some.Length, e.Message);
            lock (_lock)
            {
                foreach ((Key key, Tally tally) in some)
                {
                    Add(key, tally.Runs, tally.Hits, tally.LastHit);
                }
            }
        }
    }

    private void Add(Key key, long runs, long hits, DateTimeOffset? at)
    {
        if (_pending.Count >= MostPending && !_pending.ContainsKey(key))
        {
            return; // the store has not taken any for long
        }

        ref Tally tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_pending, key, out _);
        tally = new Tally(tally.Runs + runs, tally.Hits + hits, hits > 0 && !(tally.LastHit > at) ? at : tally.LastHit);
    }

    private readonly record struct Key(AccountId? Account, string Script, string Rule);

    private readonly record struct Tally(long Runs, long Hits, DateTimeOffset? LastHit);
}
