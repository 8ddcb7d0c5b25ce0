using System.Reflection;
using System.Runtime.Loader;

namespace PluginMail.Plugins.Loading;

/// <summary>One version of one plugin, with everything that is private to it. Collectible.</summary>
internal sealed class PluginLoadContext(string name, PluginReferences references) : AssemblyLoadContext(name, isCollectible: true)
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (references.IsShared(assemblyName))
        {
            return null;
        }

        // Falling through to the default context would hand out the server's private packages, in whatever version it has.
        return references.Find(assemblyName) is { } path
            ? LoadFromAssemblyPath(path)
            : throw new FileNotFoundException($"{Name} does not bring {assemblyName} along, and the server does not share it");
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        references.FindUnmanaged(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
