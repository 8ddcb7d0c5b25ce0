using System.Reflection;
using System.Runtime.Loader;

namespace PluginMail.Plugins.Loading;

/// <summary>One version of one plugin, with everything that is private to it. Collectible.</summary>
internal sealed class PluginLoadContext(string name, string mainAssembly, SharedAssemblies shared)
    : AssemblyLoadContext(name, isCollectible: true)
{
    private readonly AssemblyDependencyResolver _resolver = new(mainAssembly);

    /// <summary>Whether a reference can be met, so that a plugin fails when it is loaded and not at some later call.</summary>
    public bool CanResolve(AssemblyName reference) =>
        shared.Contains(reference.Name!) || _resolver.ResolveAssemblyToPath(reference) is not null;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (shared.Contains(assemblyName.Name!))
        {
            return null;
        }

        // Falling through to the default context would hand out the server's private packages, in whatever version it has.
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path
            ? LoadFromAssemblyPath(path)
            : throw new FileNotFoundException($"{Name} does not bring {assemblyName} along, and the server does not share it");
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
