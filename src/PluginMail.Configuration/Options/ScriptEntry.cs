namespace PluginMail.Configuration.Options;

/// <summary>One C# script of <c>order</c> in <c>[scripts]</c>.</summary>
public sealed record ScriptEntry
{
    /// <summary>The file, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// What the server knows it by, as any plugin: its name is the file's without <c>.csx</c>, and its table <c>[scripts.NAME]</c> may have the
    /// keys that every plugin's may have.
    /// </summary>
    public required PluginEntry Plugin { get; init; }
}
