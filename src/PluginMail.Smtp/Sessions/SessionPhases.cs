namespace PluginMail.Smtp;

/// <summary>How far a session has come (RFC 5321 section 4.1.4); a command is legal in some of these.</summary>
[Flags]
internal enum SessionPhases
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Not greeted, or TLS has begun since.</summary>
    Fresh = 1,

    /// <summary>Greeted, no transaction open.</summary>
    Idle = 2,

    /// <summary>MAIL was accepted, no recipient yet.</summary>
    Sender = 4,

    /// <summary>A recipient was accepted.</summary>
    Recipients = 8,

    /// <summary>BDAT has begun to bring the message.</summary>
    Chunks = 16,

    /// <summary>Any.</summary>
    Any = Fresh | Idle | Sender | Recipients | Chunks,
}
