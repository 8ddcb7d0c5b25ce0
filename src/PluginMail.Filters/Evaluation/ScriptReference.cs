namespace PluginMail.Filters.Evaluation;

/// <summary>Where scripts that are included lie (RFC 6609 3.2).</summary>
public enum ScriptLocation
{
    /// <summary>Among the owner's own.</summary>
    Personal,

    /// <summary>Among those of the server, open to all.</summary>
    Global,
}

/// <summary>The name of a script.</summary>
/// <param name="Location">Where it lies.</param>
/// <param name="Name">Its name (RFC 5804 1.6).</param>
public sealed record ScriptReference(ScriptLocation Location, string Name)
{
    private const int LongestName = 512;

    /// <inheritdoc/>
    public override string ToString() => Location == ScriptLocation.Global ? $":global \"{Name}\"" : $"\"{Name}\"";

    /// <summary>Whether a script can have a name (RFC 5804 1.6).</summary>
    internal static bool IsName(string name) =>
        name.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(name) <= LongestName
        && !name.Any(character => char.IsControl(character) || character is '\u2028' or '\u2029');
}
