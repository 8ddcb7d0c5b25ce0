namespace PluginMail.MailAuth;

/// <summary>What came of DMARC (RFC 7489 section 11.2).</summary>
public enum DmarcResult
{
    /// <summary>The author's domain publishes no policy.</summary>
    None,

    /// <summary>SPF or DKIM vouches for the author's domain.</summary>
    Pass,

    /// <summary>Neither does.</summary>
    Fail,

    /// <summary>DNS could not say.</summary>
    TempError,

    /// <summary>There is no author's domain to ask.</summary>
    PermError,
}
