using System.Reflection;
using System.Runtime.CompilerServices;

namespace PluginMail.Plugins.Generations;

/// <summary>
/// Compiles a version's code while its predecessor still serves: otherwise the first sessions that call the new one wait for that. What is generic is
/// compiled when it is first used.
/// </summary>
internal static class Precompilation
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Compiles an assembly's methods, until it is told to stop.</summary>
    public static void Run(Assembly assembly, CancellationToken stop)
    {
        foreach (var type in Types(assembly))
        {
            if (type.ContainsGenericParameters)
            {
                continue;
            }

            foreach (var method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                // Preparing a native function looks for its library, by the plugin's own resolver: that is done when it is first called.
                if (!method.ContainsGenericParameters && !method.IsAbstract && !method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
                {
                    TryCompile(method);
                }
            }
        }
    }

    private static void TryCompile(MethodBase method)
    {
        try
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A method that cannot be compiled, for a package that is missing, is a fault if somebody calls it, and not before.
        }
    }

    private static IEnumerable<Type> Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>();
        }
    }
}
