namespace PluginMail.Plugins;

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
