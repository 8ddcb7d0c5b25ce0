using System.Collections.Frozen;

namespace PluginMail.Filters.Evaluation;

/// <summary>The scripts that a script includes, and those that these include, compiled. Immutable; a script is linked with it once.</summary>
public sealed class FilterLibrary
{
    private const int MostScripts = 200;
    private readonly FrozenDictionary<ScriptReference, CompiledFilter?> _scripts;

    private FilterLibrary(IReadOnlyDictionary<ScriptReference, CompiledFilter?> scripts) => _scripts = scripts.ToFrozenDictionary();

    /// <summary>No scripts.</summary>
    public static FilterLibrary Empty { get; } = new(new Dictionary<ScriptReference, CompiledFilter?>());

    /// <summary>All scripts of it; those with errors are null.</summary>
    public IReadOnlyDictionary<ScriptReference, CompiledFilter?> Scripts => _scripts;

    /// <summary>Gathers what a script includes, directly or not.</summary>
    /// <param name="script">The script.</param>
    /// <param name="find">Compiles a script: null where there is none, and a compilation without a filter where it has errors.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The library; what a bound leaves out counts as missing.</returns>
    public static async ValueTask<FilterLibrary> GatherAsync(
        CompiledFilter script, Func<ScriptReference, CancellationToken, ValueTask<FilterCompilation?>> find, CancellationToken cancellation)
    {
        if (script.Includes.IsEmpty)
        {
            return Empty;
        }

        var found = new Dictionary<ScriptReference, CompiledFilter?>();
        var seen = new HashSet<ScriptReference>(script.Includes);
        var open = new Queue<ScriptReference>(script.Includes);
        while (open.TryDequeue(out var reference) && seen.Count <= MostScripts)
        {
            if (await find(reference, cancellation) is not { } compilation)
            {
                continue;
            }

            found[reference] = compilation.Filter;
            foreach (var next in (compilation.Filter?.Includes ?? []).Where(seen.Add))
            {
                open.Enqueue(next);
            }
        }

        return new(found);
    }
}
