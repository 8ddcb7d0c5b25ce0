using System.Collections.Immutable;

namespace PluginMail.Plugins;

/// <summary>A plugin as <c>pluginmail plugin list</c> shows it.</summary>
/// <param name="Name">Its name in mail.toml.</param>
/// <param name="Order">Its place in mail.toml's order, from 1.</param>
/// <param name="Version">The version of the assembly that serves; null where none does.</param>
/// <param name="Roles">The roles of the version that serves, as <c>message check</c>; with a count where there are several.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Generation">The number of the version that serves, counted since the server started; 0 where none does.</param>
/// <param name="Folder">Where it was loaded from; null where nothing was found.</param>
/// <param name="Calls">Calls since the server started, all versions together.</param>
/// <param name="Faults">Calls that ended by a fault, time-outs included.</param>
/// <param name="Timeouts">Calls that took longer than the time limit.</param>
/// <param name="LastFault">The last fault's text; null where there was none.</param>
/// <param name="LastError">Why the last attempt to load a version failed; null where it did not.</param>
/// <param name="BlocksThreads">Whether a call of the serving version blocked its thread, so that it runs on workers of its own.</param>
/// <param name="VersionsInMemory">Loaded versions, retired ones that are not yet unloaded included.</param>
/// <param name="LastUnload">How the unloading of the last retired version went, in words; null where none was retired.</param>
public sealed record PluginStatus(
    string Name,
    int Order,
    string? Version,
    ImmutableArray<string> Roles,
    PluginState State,
    int Generation,
    string? Folder,
    long Calls,
    long Faults,
    long Timeouts,
    string? LastFault,
    string? LastError,
    bool BlocksThreads,
    int VersionsInMemory,
    string? LastUnload);

/// <summary>What a plugin is doing.</summary>
public enum PluginState
{
    /// <summary>It serves.</summary>
    Running,

    /// <summary>It serves in an older version, because the newest one, or its settings, failed.</summary>
    RunningOld,

    /// <summary>No version could be started.</summary>
    Failed,
}
