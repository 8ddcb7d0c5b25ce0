using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Loading;

/// <summary>
/// The assemblies that plugins share with the server, by name: the contract with what it refers to, the framework, and of those that cannot be
/// unloaded when they are private the ones that this server has. Everything else is a plugin's own.
/// </summary>
internal sealed class SharedAssemblies
{
    /// <summary>Each holds on to the process. Where the server comes without one, a plugin's own copy is better than none.</summary>
    private static readonly FrozenSet<string> NotUnloadable =
        ((string[])["Microsoft.Data.Sqlite", "SQLitePCLRaw.core", "SQLitePCLRaw.batteries_v2", "SQLitePCLRaw.provider.e_sqlite3", "Npgsql"])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, string?> _paths;
    private readonly ConcurrentDictionary<string, Version?> _versions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds what this process shares.</summary>
    public SharedAssemblies()
        : this(AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "", AppContext.BaseDirectory)
    {
    }

    /// <summary>Finds what a process shares.</summary>
    /// <param name="platform">The paths of all assemblies that it can load by name: the framework's, and its own in the application's folder.</param>
    /// <param name="application">The application's folder.</param>
    internal SharedAssemblies(string platform, string application)
    {
        string own = Path.TrimEndingDirectorySeparator(application);
        var contract = typeof(IMailPlugin).Assembly;
        var paths = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in contract.GetReferencedAssemblies().Select(reference => reference.Name!))
        {
            paths[name] = null;
        }

        foreach (string path in platform.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (Path.GetDirectoryName(path) != own || NotUnloadable.Contains(name) || paths.ContainsKey(name))
            {
                paths[name] = path;
            }
        }

        ContractVersion = contract.GetName().Version ?? new Version();
        paths[ContractName] = null;
        _versions[ContractName] = ContractVersion;
        _paths = paths.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The simple name of the contract assembly.</summary>
    public static string ContractName { get; } = typeof(IMailPlugin).Assembly.GetName().Name!;

    /// <summary>The contract that this server offers.</summary>
    public Version ContractVersion { get; }

    /// <summary>Whether a plugin gets the server's own copy.</summary>
    public bool Contains(string name) => _paths.ContainsKey(name);

    /// <summary>The version of the server's copy, below which the runtime refuses it; null where it cannot be told.</summary>
    public Version? VersionOf(string name) => _versions.GetOrAdd(name, static (name, paths) => Read(paths.GetValueOrDefault(name)), _paths);

    private static Version? Read(string? path)
    {
        try
        {
            return path is null ? null : AssemblyName.GetAssemblyName(path).Version;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null; // the runtime will say what is wrong with it
        }
    }
}
