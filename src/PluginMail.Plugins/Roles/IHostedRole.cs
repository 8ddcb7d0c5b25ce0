namespace PluginMail.Plugins.Roles;

/// <summary>A role of one version of a plugin, of whatever kind.</summary>
internal interface IHostedRole
{
    /// <summary>Whether a call blocked its thread, and not enough have come back in time since.</summary>
    bool BlocksThreads { get; }

    /// <summary>Switches it off where it faults again and again.</summary>
    Breaker Breaker { get; }

    /// <summary>Lets go of its threads when their work is done.</summary>
    void Close();
}
