using System.Reflection;
using System.Runtime;
using System.Runtime.Loader;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Tests.Reloading;

/// <summary>The code of a version is compiled before it serves.</summary>
public sealed class PrecompilationTests
{
    [Fact]
    public void All_methods_are_compiled_once()
    {
        var context = new AssemblyLoadContext("to be compiled", isCollectible: true);
        var assembly = Load(context, "Probe");
        int methods = assembly.GetTypes().Sum(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Count(method => !method.IsAbstract));
        Assert.InRange(methods, 20, 10_000);
        Assert.True(Compiled(assembly) >= methods);
        Assert.InRange(Compiled(assembly), 0, methods / 4);
        context.Unload();
    }

    [Fact]
    public void It_ends_when_it_is_told_to()
    {
        var context = new AssemblyLoadContext("not to be compiled", isCollectible: true);
        Assert.InRange(Compiled(Load(context, "Probe"), new CancellationToken(canceled: true)), 0, 5);
        context.Unload();
    }

    [Fact]
    public void Code_that_cannot_be_compiled_is_left_alone()
    {
        var context = new AssemblyLoadContext("without its library", isCollectible: true);
        var needy = Load(context, "Needy");
        var thrown = Assert.ThrowsAny<Exception>(() => needy.GetTypes().SelectMany(type => type.GetMethods()).ToList().ForEach(
            method => System.Runtime.CompilerServices.RuntimeHelpers.PrepareMethod(method.MethodHandle)));
        Assert.IsType<FileNotFoundException>(thrown);
        Precompilation.Run(needy, CancellationToken.None);
        context.Unload();
    }

    private static Assembly Load(AssemblyLoadContext context, string plugin) =>
        context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "plugins", plugin, plugin + ".dll"));

    private static long Compiled(Assembly assembly, CancellationToken stop = default)
    {
        long before = JitInfo.GetCompiledMethodCount(currentThread: true);
        Precompilation.Run(assembly, stop);
        return JitInfo.GetCompiledMethodCount(currentThread: true) - before;
    }
}
