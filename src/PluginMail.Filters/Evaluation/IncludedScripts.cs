namespace PluginMail.Filters.Evaluation;

/// <summary>What the scripts of one run share: which are under way, which have been included, and the global variables (RFC 6609).</summary>
internal sealed class IncludedScripts(FilterLibrary library, ScriptReference? self, FilterLimits limits)
{
    private readonly Stack<ScriptReference?> _underWay = new([self]);
    private readonly HashSet<ScriptReference> _included = self is null ? [] : [self];
    private VariableStore? _globals;
    private int _count;

    public VariableStore Globals => _globals ??= new(limits.VariableOctets);

    /// <summary>Begins a script.</summary>
    /// <returns>The script; null where it is not run, and then <paramref name="fault"/> says whether that is an error.</returns>
    public CompiledFilter? Enter(ScriptReference script, bool once, bool optional, out string? fault)
    {
        fault = null;
        if (once && _included.Contains(script))
        {
            return null;
        }

        if (!library.Scripts.TryGetValue(script, out var filter))
        {
            // The script that runs is in no library: it can only be meant by itself.
            fault = script == self ? Recursion(script) : optional ? null : $"The script {script} that is to be included does not exist.";
            return null;
        }

        fault = _underWay.Contains(script) ? Recursion(script)
            : _underWay.Count > limits.IncludeDepth ? $"Scripts include each other more than {limits.IncludeDepth} deep."
            : _count >= limits.Includes ? $"Scripts are included more than {limits.Includes} times for one message."
            : filter is null ? $"The script {script} that is to be included has errors."
            : null;
        if (fault is not null)
        {
            return null;
        }

        _count++;
        _included.Add(script);
        _underWay.Push(script);
        return filter;
    }

    public void Leave() => _underWay.Pop();

    private static string Recursion(ScriptReference script) => $"The script {script} includes itself.";
}
