namespace PluginMail.Abstractions;

/// <summary>Which way a message goes, seen from this server. Authentication decides it, never an address.</summary>
public enum Direction
{
    /// <summary>It came from outside, for a mailbox here.</summary>
    Incoming,

    /// <summary>An authenticated account (or a relay network) sends it.</summary>
    Outgoing,
}
