using System.Reflection;
using System.Runtime.Loader;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Loading;

/// <summary>Where the references of a plugin lead: to the server's copy, or into the plugin's folder.</summary>
/// <exception cref="PluginRejectedException">The list of its libraries, its .deps.json, is malformed.</exception>
internal sealed class PluginReferences(string mainAssembly, SharedAssemblies shared)
{
    private readonly AssemblyDependencyResolver _resolver = Resolve(mainAssembly);

    /// <summary>Whether a plugin gets the server's own copy.</summary>
    public bool IsShared(AssemblyName reference) => shared.Contains(reference.Name!);

    /// <summary>Whether a reference can be met, so that a plugin fails when it is loaded and not at some later call.</summary>
    public bool CanResolve(AssemblyName reference) => IsShared(reference) || Find(reference) is not null;

    /// <summary>The plugin's own copy; null where it has none.</summary>
    public string? Find(AssemblyName reference) => _resolver.ResolveAssemblyToPath(reference);

    /// <summary>The plugin's own native library; null where it has none.</summary>
    public string? FindUnmanaged(string name) => _resolver.ResolveUnmanagedDllToPath(name);

    private static AssemblyDependencyResolver Resolve(string mainAssembly)
    {
        try
        {
            return new AssemblyDependencyResolver(mainAssembly);
        }
        catch (InvalidOperationException e)
        {
            string file = Path.ChangeExtension(Path.GetFileName(mainAssembly), ".deps.json");
            throw new PluginRejectedException($"its {file} cannot be used: {FaultText.Line(e)}");
        }
    }
}
