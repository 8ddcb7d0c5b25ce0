using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace PluginMail.Plugins.Generations;

/// <summary>How much code a version has brought into memory, and whether it is still there. Keeps nothing of it alive.</summary>
/// <param name="context">What loads the version.</param>
internal sealed class LoadedCode(AssemblyLoadContext context)
{
    private readonly WeakReference<AssemblyLoadContext> _context = new(context, trackResurrection: true);
    private readonly WeakReference _memory = new(context, trackResurrection: true);

    /// <summary>Whether the version is in memory. Never asks for the context, which would keep it there.</summary>
    public bool IsInMemory => _memory.IsAlive;

    /// <summary>Octets of the assemblies' files; those it has loaded by now. What has no file, as code made at run time, does not count.</summary>
    public long Octets { get; private set; }

    /// <summary>Counts what is loaded now; to be called while the version is in use.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Measure()
    {
        if (!_context.TryGetTarget(out var context))
        {
            return;
        }

        long octets = 0;
        foreach (var assembly in context.Assemblies.Where(assembly => assembly is { IsDynamic: false, Location.Length: > 0 }))
        {
            var file = new FileInfo(assembly.Location);
            octets += file.Exists ? file.Length : 0;
        }

        Octets = octets;
    }
}
