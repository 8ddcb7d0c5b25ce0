using System.Collections.Frozen;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Loading;

/// <summary>
/// The assemblies that plugins share with the server, by name: the contract with what it refers to, the framework, and those that cannot
/// be unloaded when they are private. Everything else is a plugin's own.
/// </summary>
internal sealed class SharedAssemblies
{
    private readonly FrozenSet<string> _names;

    public SharedAssemblies()
    {
        string application = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string platform = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        var contract = typeof(IMailPlugin).Assembly;
        string[] names =
        [
            ContractName,
            .. contract.GetReferencedAssemblies().Select(reference => reference.Name!),
            .. platform.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Where(path => Path.GetDirectoryName(path) != application)
                .Select(path => Path.GetFileNameWithoutExtension(path)),
            "Microsoft.Data.Sqlite",
            "SQLitePCLRaw.core",
            "SQLitePCLRaw.batteries_v2",
            "SQLitePCLRaw.provider.e_sqlite3",
            "Npgsql",
        ];
        _names = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        ContractVersion = contract.GetName().Version ?? new Version();
    }

    /// <summary>The simple name of the contract assembly.</summary>
    public static string ContractName { get; } = typeof(IMailPlugin).Assembly.GetName().Name!;

    /// <summary>The contract that this server offers.</summary>
    public Version ContractVersion { get; }

    /// <summary>Whether a plugin gets the server's own copy.</summary>
    public bool Contains(string name) => _names.Contains(name);
}
