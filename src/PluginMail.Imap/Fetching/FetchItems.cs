namespace PluginMail.Imap;

/// <summary>What FETCH tells of a message, body sections apart (RFC 3501 section 6.4.5).</summary>
[Flags]
internal enum FetchItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The UID.</summary>
    Uid = 1,

    /// <summary>The flags.</summary>
    Flags = 2,

    /// <summary>When it was received.</summary>
    InternalDate = 4,

    /// <summary>Octets.</summary>
    Size = 8,

    /// <summary>The header fields that a list of messages needs.</summary>
    Envelope = 16,

    /// <summary>The structure without extension data.</summary>
    Body = 32,

    /// <summary>The structure.</summary>
    BodyStructure = 64,

    /// <summary>What the macro FAST stands for.</summary>
    Fast = Flags | InternalDate | Size,

    /// <summary>What the macro ALL stands for.</summary>
    All = Fast | Envelope,

    /// <summary>What the macro FULL stands for.</summary>
    Full = All | Body,
}
