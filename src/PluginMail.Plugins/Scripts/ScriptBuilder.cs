using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Scripts;

/// <summary>Makes folders with an assembly out of scripts, by the compiler or from what it made before.</summary>
internal sealed class ScriptBuilder(ScriptCache cache)
{
    /// <summary>Makes a script's folder.</summary>
    /// <param name="sources">The script.</param>
    /// <param name="name">Its name in mail.toml.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The folder, or the errors.</returns>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    /// <exception cref="PluginRejectedException">What it refers to cannot be laid into one folder.</exception>
    public (PluginFolder? Folder, ImmutableArray<ScriptProblem> Problems) Build(ScriptSources sources, string name, CancellationToken cancellationToken)
    {
        if (sources.Error is null && cache.Find(name, sources.Hash) is { } known)
        {
            return (known, []);
        }

        var (image, problems) = Compile(sources, name, cancellationToken);
        return (image is null ? null : cache.Store(name, sources.Hash, image, sources.References), problems);
    }

    /// <summary>A method of its own: only who calls it loads the compiler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (byte[]? Image, ImmutableArray<ScriptProblem> Problems) Compile(
        ScriptSources sources, string name, CancellationToken cancellationToken) => ScriptCompiler.Compile(sources, name, cancellationToken);
}
