namespace PluginMail.MailAuth;

/// <summary>What came of verifying a signature (RFC 8601 section 2.7.1).</summary>
public enum DkimResult
{
    /// <summary>The message bears no signature.</summary>
    None,

    /// <summary>The signature holds.</summary>
    Pass,

    /// <summary>The signature does not hold: the message was changed, or somebody else signed.</summary>
    Fail,

    /// <summary>The signature may hold and is not accepted: too weak an algorithm or key, expired, or not covering the whole body.</summary>
    Policy,

    /// <summary>The signature could not be understood.</summary>
    Neutral,

    /// <summary>The key could not be looked up now.</summary>
    TempError,

    /// <summary>The signature can never be verified: malformed, or its key is missing or revoked.</summary>
    PermError,
}
