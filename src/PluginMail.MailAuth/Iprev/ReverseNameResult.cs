namespace PluginMail.MailAuth;

/// <summary>What came of looking from the client's address to its name and back (RFC 8601 section 3).</summary>
public enum ReverseNameResult
{
    /// <summary>A name leads back to the address.</summary>
    Pass,

    /// <summary>Names exist and none leads back.</summary>
    Fail,

    /// <summary>DNS could not say.</summary>
    TempError,

    /// <summary>The address has no name.</summary>
    PermError,
}
