using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Delivery;

/// <summary>What runs for an account: the server's scripts before, its own, the server's after.</summary>
/// <param name="Name">The name of its own, or of the first of the server's.</param>
/// <param name="Filters">The scripts in order, at least one.</param>
public sealed record ActiveFilters(string Name, ImmutableArray<CompiledFilter> Filters)
{
    /// <summary>Runs them all (draft-degener-sieve-multiscript). Most accounts have one, most of those ask nobody.</summary>
    /// <param name="input">The message.</param>
    /// <param name="options">Limits, for each script.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What they come to.</returns>
    public ValueTask<FilterResult> RunAsync(FilterInput input, FilterRunOptions options, CancellationToken cancellationToken) =>
        Filters is [{ AsksPlugins: false } single]
            ? ValueTask.FromResult(single.Run(input, options, cancellationToken))
            : FilterSequence.RunAsync(Filters, input, options, cancellationToken);
}
