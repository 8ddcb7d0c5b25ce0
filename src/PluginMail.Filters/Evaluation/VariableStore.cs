namespace PluginMail.Filters.Evaluation;

/// <summary>The variables of one run (RFC 5229): named ones, and what the last successful match found.</summary>
internal sealed class VariableStore(int mostOctets)
{
    /// <summary>Longest value; what is longer is cut without an error (RFC 5229 section 6).</summary>
    public const int LongestValue = 16 * 1024;

    /// <summary>Highest index of a match variable.</summary>
    public const int HighestMatch = 99;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values = new(StringComparer.OrdinalIgnoreCase);
    private ReadOnlyMemory<byte>[] _matches = [];
    private HashSet<string>? _shared;
    private VariableStore? _globals;
    private int _octets;

    /// <summary>A variable's value; one that was never set is empty.</summary>
    public ReadOnlyMemory<byte> Get(string name) =>
        _shared?.Contains(name) == true ? _globals!.Get(name) : _values.GetValueOrDefault(name);

    /// <summary>Makes a name one of those that all scripts share; false where it has a value of this script's own already (RFC 6609 3.4.1).</summary>
    public bool Share(string name, VariableStore globals)
    {
        if (_values.ContainsKey(name))
        {
            return false;
        }

        _globals = globals;
        (_shared ??= new(StringComparer.OrdinalIgnoreCase)).Add(name);
        return true;
    }

    /// <summary>What a wildcard or group stood for; empty where there was none.</summary>
    public ReadOnlyMemory<byte> GetMatch(int index) => index < _matches.Length ? _matches[index] : default;

    /// <summary>Sets a variable; false where all of them together become too large.</summary>
    public bool Set(string name, ReadOnlyMemory<byte> value)
    {
        if (_shared?.Contains(name) == true)
        {
            return _globals!.Set(name, value);
        }

        value = value[..Truncation.LengthWithin(value.Span, LongestValue)];
        _octets += value.Length - Get(name).Length;
        _values[name] = value;
        return _octets <= mostOctets;
    }

    /// <summary>Replaces the match variables; the first is all that matched.</summary>
    public void SetMatches(ReadOnlyMemory<byte>[] matches) => _matches = matches;
}
