namespace PluginMail.Abstractions;

/// <summary>When the sender wants a report (RFC 3461 section 4.1); none of the flags is NEVER.</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>NEVER.</summary>
    Never = 0,

    /// <summary>When the message was delivered.</summary>
    Success = 1,

    /// <summary>When it could not be.</summary>
    Failure = 2,

    /// <summary>When it is late.</summary>
    Delay = 4,
}
