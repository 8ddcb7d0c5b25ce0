using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Several scripts for one delivery: the server's before, the mailbox's own, the server's after. A script is run as long as
/// the message is kept: for every script but the last, keep means "go on with the next" (draft-degener-sieve-multiscript).
/// </summary>
public static class FilterSequence
{
    /// <summary>
    /// Runs the scripts in order. An error ends the sequence: what earlier scripts decided stands, and the message is kept.
    /// </summary>
    /// <param name="filters">The scripts.</param>
    /// <param name="input">The message; headers are decoded once for all of them.</param>
    /// <param name="options">Limits, for each script, and trace.</param>
    /// <param name="cancellation">Ends the run with an error.</param>
    public static async ValueTask<FilterResult> RunAsync(
        IReadOnlyList<CompiledFilter> filters, FilterInput input, FilterRunOptions? options = null, CancellationToken cancellation = default)
    {
        var effects = ImmutableArray.CreateBuilder<FilterEffect>();
        var trace = ImmutableArray.CreateBuilder<FilterTraceEntry>();
        FilterEffect? keep = new FilterEffect.Keep { IsImplicit = true };
        var marks = ImmutableArray.CreateBuilder<DuplicateMark>();
        var scripts = ImmutableArray.CreateBuilder<CompiledFilter>();
        var hits = ImmutableArray.CreateBuilder<FilterHit>();
        FilterError? error = null;
        long steps = 0;
        for (var i = 0; i < filters.Count && keep is not null && error is null; i++)
        {
            var result = await filters[i].RunAsync(input, options, cancellation);
            input = result.Changes.Skip(input.Changes.Length).Aggregate(input, static (message, change) => message.With(change));
            keep = result.Effects.FirstOrDefault(effect => effect is FilterEffect.Keep);
            if (input.Context.Event is not null && keep is not null && result.Error is null)
            {
                input = input.WithFlags(keep.Flags); // the message has them when the next script comes to it
            }

            effects.AddRange(result.Effects.Where(effect => effect is not FilterEffect.Keep && !effects.Any(effect.IsSameAs)));
            trace.AddRange(result.Trace);
            marks.AddRange(result.DuplicateMarks);
            scripts.AddRange(result.Scripts);
            hits.AddRange(result.Hits);
            error = result.Error;
            steps += result.Steps;
        }

        if (keep is not null)
        {
            effects.Add(keep);
        }

        return new(effects.ToImmutable())
        {
            Changes = input.Changes,
            Error = error,
            DuplicateMarks = marks.ToImmutable(),
            Scripts = scripts.ToImmutable(),
            Hits = hits.ToImmutable(),
            Trace = trace.ToImmutable(),
            Steps = steps,
        };
    }
}
