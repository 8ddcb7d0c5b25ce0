namespace PluginMail.MailAuth;

/// <summary>What a domain asks to be done with messages that fail (RFC 7489 section 6.3, p=).</summary>
public enum DmarcPolicy
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Treat as suspicious: the Junk folder.</summary>
    Quarantine,

    /// <summary>Refuse.</summary>
    Reject,
}
