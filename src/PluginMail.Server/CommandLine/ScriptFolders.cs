using PluginMail.Configuration;
using PluginMail.Filters;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Server;

/// <summary>What a script in a file includes: personal scripts beside it, as NAME.sieve or NAME, and global ones from the server's folder.</summary>
/// <param name="personal">The folder of the script.</param>
/// <param name="global">The folder of global scripts; empty for none.</param>
internal sealed class ScriptFolders(string personal, string global)
{
    private const int LongestName = 200;

    /// <summary>The folders of a script in a file.</summary>
    /// <param name="file">The script.</param>
    /// <param name="includes">The folder of global scripts that was named; null for that of mail.toml, where there is one.</param>
    /// <param name="configuration">Where mail.toml would be.</param>
    public static ScriptFolders Of(FileInfo file, DirectoryInfo? includes, string configuration) => new(
        file.DirectoryName ?? ".",
        includes?.FullName ?? (File.Exists(configuration) ? ConfigurationFile.Load(configuration).Options?.Filters.Global : null) ?? "");

    /// <summary>Links a script with what it includes. What is missing stops the run that comes to it.</summary>
    public async ValueTask<CompiledFilter> LinkAsync(CompiledFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Includes.IsEmpty)
        {
            return filter;
        }

        FilterLibrary library = await FilterLibrary.GatherAsync(filter, CompileAsync, cancellationToken);
        return filter.Link(library, new ScriptReference(ScriptLocation.Personal, Path.GetFileNameWithoutExtension(filter.Text.Name)));
    }

    private async ValueTask<FilterCompilation?> CompileAsync(ScriptReference script, CancellationToken cancellationToken) =>
        Find(script) is { } path ? FilterCompiler.Compile(await File.ReadAllBytesAsync(path, cancellationToken), script.Name) : null;

    // A name never leads out of its folder.
    private string? Find(ScriptReference script)
    {
        string folder = script.Location == ScriptLocation.Global ? global : personal, name = script.Name;
        return folder.Length == 0 || name.Length is 0 or > LongestName || name[0] == '.' || name.AsSpan().ContainsAny('/', '\\', '\0')
            ? null
            : Array.Find([Path.Combine(folder, name + ".sieve"), Path.Combine(folder, name)], File.Exists);
    }
}
