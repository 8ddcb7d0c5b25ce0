using PluginMail.Abstractions;

namespace PluginMail.Plugins.Scripts;

/// <summary>What a compiled script depends on besides its own files.</summary>
internal static class ScriptToolchain
{
    /// <summary>Changes with the contract, the framework, the compiler, and the code that calls it. Loads none of the compiler.</summary>
    public static string Key { get; } = string.Join(
        '\n',
        [
            $"{typeof(MailScript).Module.ModuleVersionId}",
            $"{typeof(ScriptToolchain).Module.ModuleVersionId}",
            $"{Environment.Version}",
            .. typeof(ScriptToolchain).Assembly.GetReferencedAssemblies().Select(reference => reference.FullName).Order(StringComparer.Ordinal),
        ]);
}
