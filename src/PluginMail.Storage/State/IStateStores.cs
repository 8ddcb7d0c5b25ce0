using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>Plugins' state and statistics, in a database file of its own.</summary>
public interface IStateStores
{
    /// <summary>The state of one plugin.</summary>
    /// <param name="plugin">Its name in mail.toml.</param>
    /// <returns>A store that sees only this plugin's keys.</returns>
    IStateStore For(string plugin);

    /// <summary>How often filters and their rules were of use.</summary>
    IFilterCounts FilterCounts { get; }
}
