namespace PluginMail.Greylist;

/// <summary>How a correspondence stands.</summary>
internal enum Standing
{
    /// <summary>It is new, or its retry was not awaited any longer.</summary>
    New,

    /// <summary>It is new, and its network has so many others that are that it is not remembered.</summary>
    Unnoted,

    /// <summary>It came again too early.</summary>
    Early,

    /// <summary>It has just come again in time.</summary>
    Passed,

    /// <summary>It passed before.</summary>
    White,
}
