namespace PluginMail.Daemons;

/// <summary>What becomes of a message while no daemon answers.</summary>
internal enum WhenUnavailable
{
    /// <summary>The client is asked to come again.</summary>
    Defer,

    /// <summary>It passes without what the daemon would have said of it.</summary>
    Pass,
}
