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
/// <param name="BlocksThreads">Whether a call of the serving version blocked its thread or did not answer in time, so that its role runs on workers of its own.</param>
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
    string? LastUnload)
{
    /// <summary>The roles of the serving version that are not called now, after faults in a row.</summary>
    public ImmutableArray<SwitchedOffRole> SwitchedOff { get; init; } = [];

    /// <summary>Calls that were not made because their role was switched off.</summary>
    public long Skipped { get; init; }

    /// <summary>Octets of the assemblies that its versions in memory have loaded, private libraries included, as their files have them.</summary>
    public long CodeOctets { get; init; }

    /// <summary>
    /// Octets that a call allocates on the thread that makes it, up to its first await: the mean of one call in sixteen; null before the first.
    /// What it allocates after an await, in background work and outside the managed heap is not in it.
    /// </summary>
    public long? OctetsPerCall { get; init; }
}

/// <summary>A role that is not called for a while.</summary>
/// <param name="Role">The role in words.</param>
/// <param name="Faults">Faults in a row.</param>
/// <param name="Left">Until it is tried again; zero where the next call does.</param>
public sealed record SwitchedOffRole(string Role, int Faults, TimeSpan Left);

/// <summary>What a plugin is doing.</summary>
public enum PluginState
{
    /// <summary>It serves.</summary>
    Running,

    /// <summary>It serves in an older version, because the newest one, or its settings, failed.</summary>
    RunningOld,

    /// <summary>It serves, and a role of it is not called for a while after faults in a row.</summary>
    SwitchedOff,

    /// <summary>No version could be started.</summary>
    Failed,
}
