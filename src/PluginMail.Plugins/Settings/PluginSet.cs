using System.Collections.Immutable;

namespace PluginMail.Plugins;

/// <summary>The plugins that are to run.</summary>
/// <param name="Order">In mail.toml's order, no name twice.</param>
public sealed record PluginSet(ImmutableArray<PluginSettings> Order)
{
    /// <summary>No plugins.</summary>
    public static readonly PluginSet Empty = new([]);
}
