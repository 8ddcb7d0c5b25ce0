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

/// <summary>The result of iprev.</summary>
/// <param name="Result">The result.</param>
/// <param name="Name">The name that leads back; null where none does.</param>
public sealed record ReverseNameVerification(ReverseNameResult Result, string? Name);
