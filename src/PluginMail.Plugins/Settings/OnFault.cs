namespace PluginMail.Plugins;

// Its twin is FaultPolicy of PluginMail.Configuration, which this project does not refer to: the server casts one to the other, so names and order are the same.

/// <summary>What a fault of a plugin means for the mail it was asked about: the key <c>on_fault</c> of the plugin's table.</summary>
public enum OnFault
{
    /// <summary>As if the plugin had passed it.</summary>
    Pass,

    /// <summary>The client is asked to come again: 451 4.3.0.</summary>
    Defer,

    /// <summary>The client is refused: 550 5.7.1.</summary>
    Refuse,
}
