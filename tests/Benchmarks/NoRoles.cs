using PluginMail.Pipeline;

namespace PluginMail.Benchmarks;

/// <summary>No plugins at all.</summary>
internal sealed class NoRoles : IRoleCatalog
{
    public static readonly NoRoles Instance = new();

    public RoleSet Current => RoleSet.Empty;
}
