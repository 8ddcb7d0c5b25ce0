using System.Reflection;
using System.Runtime.CompilerServices;
using PluginMail.Abstractions;
using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Scripts;

/// <summary>A compiled script as a plugin: starting it runs the script, which registers its hooks.</summary>
internal sealed class ScriptPlugin(Func<object?[], Task<object?>> run) : IMailPlugin
{
    private const string EntryPoint = "<Factory>";
    private MailScript? _script;

    /// <summary>Finds the entry point of a compiled script.</summary>
    /// <exception cref="PluginRejectedException">The assembly is no compiled script.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IMailPlugin Load(PluginLoadContext context, string assembly) =>
        context.LoadFromAssemblyPath(assembly).GetTypes()
            .Select(type => type.GetMethod(EntryPoint, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .OfType<MethodInfo>()
            .FirstOrDefault() is { } entry
            ? new ScriptPlugin(entry.CreateDelegate<Func<object?[], Task<object?>>>())
            : throw new PluginRejectedException($"{Path.GetFileName(assembly)} is no compiled script");

    public async ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var script = new MailScript(host);
        _script = script;
        await run([script, null]);
        return script.Complete();
    }

    public ValueTask DisposeAsync() => _script?.StopAsync() ?? default;
}
