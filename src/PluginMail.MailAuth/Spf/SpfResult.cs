namespace PluginMail.MailAuth;

/// <summary>What a domain says of a client that uses it as sender (RFC 7208 section 2.6).</summary>
public enum SpfResult
{
    /// <summary>The domain says nothing, or there is none to ask.</summary>
    None,

    /// <summary>The domain declines to say.</summary>
    Neutral,

    /// <summary>The client may use the domain.</summary>
    Pass,

    /// <summary>The client may not use the domain.</summary>
    Fail,

    /// <summary>The client probably may not use the domain.</summary>
    SoftFail,

    /// <summary>The domain could not be asked now.</summary>
    TempError,

    /// <summary>What the domain publishes cannot be understood, or costs too much.</summary>
    PermError,
}
