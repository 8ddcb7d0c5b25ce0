namespace PluginMail.Viruses;

/// <summary>What becomes of a message that is too large to be scanned.</summary>
internal enum WhenTooLarge
{
    /// <summary>It passes unscanned, with a tag.</summary>
    Pass,

    /// <summary>It is refused: 552 5.3.4.</summary>
    Refuse,

    /// <summary>It is held until a person decides.</summary>
    Hold,
}
