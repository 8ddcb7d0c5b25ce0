using System.Reflection;
using System.Runtime;
using System.Runtime.Loader;
using Microsoft.Extensions.Logging;
using PluginMail.Plugins.Generations;
using PluginMail.Plugins.Tests.Support;
using PluginMail.Testing.Plugins;

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

    [Fact]
    public async Task Compiling_looks_for_no_native_library()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        using var listener = new ProbeListener();
        bench.Install("probe", listener.Version);
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        Assert.Equal(0, listener.Count("resolving"));
    }

    [Fact]
    public async Task A_version_that_cannot_be_compiled_serves_all_the_same()
    {
        await using var bench = await PluginBench.WithProbeAsync(DictionarySettings.For("probe"));
        using var listener = new ProbeListener { Then = place => File.Delete(place == "started" ? Copy(bench) : "none") };
        bench.Install("probe", listener.Version);
        Assert.Null(await bench.Host.ReloadAsync("probe", CancellationToken.None));
        Assert.Equal($"v{listener.Version}", (await bench.CheckAsync()).Version());
        Assert.True(bench.Logged(LogLevel.Warning, "could not be compiled before it serves: PluginRejectedException"));
    }

    private static string Copy(PluginBench bench) =>
        Path.Combine(Directory.GetDirectories(Path.Combine(bench.Shadow, "probe"), "2-*").Single(), "Probe.dll");

    private static Assembly Load(AssemblyLoadContext context, string plugin) =>
        context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "plugins", plugin, plugin + ".dll"));

    private static long Compiled(Assembly assembly, CancellationToken stop = default)
    {
        long before = JitInfo.GetCompiledMethodCount(currentThread: true);
        Precompilation.Run(assembly, stop);
        return JitInfo.GetCompiledMethodCount(currentThread: true) - before;
    }
}
