namespace PluginMail.MailAuth;

/// <summary>The state of a chain (RFC 8617 section 4.4).</summary>
public enum ArcResult
{
    /// <summary>The message bears no chain.</summary>
    None,

    /// <summary>The chain holds.</summary>
    Pass,

    /// <summary>The chain is broken.</summary>
    Fail,
}
