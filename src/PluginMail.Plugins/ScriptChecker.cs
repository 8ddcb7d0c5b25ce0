using System.Collections.Immutable;
using PluginMail.Plugins.Scripts;

namespace PluginMail.Plugins;

/// <summary>Says what is wrong with C# scripts, without running them.</summary>
public static class ScriptChecker
{
    /// <summary>Compiles a script and throws the result away.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Errors and warnings, by file and line; empty where all is well.</returns>
    public static ImmutableArray<ScriptProblem> Check(string path, CancellationToken cancellationToken) =>
        ScriptCompiler.Compile(ScriptSources.Read(path), Path.GetFileNameWithoutExtension(path), cancellationToken).Problems;
}
