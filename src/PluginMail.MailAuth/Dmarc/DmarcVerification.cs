namespace PluginMail.MailAuth;

/// <summary>What came of DMARC for a message (RFC 7489 section 6.6).</summary>
/// <param name="Result">The result.</param>
/// <param name="AuthorDomain">The domain in From that decided, in lower case; empty where there is none.</param>
/// <param name="PolicyDomain">Where its policy was found: the domain itself or one above it; null where there is none.</param>
/// <param name="Policy">What the policy asks for messages that fail, before pct= and t=.</param>
/// <param name="Disposition">What is to be done with this message: None unless it failed.</param>
/// <param name="IsDkimAligned">Whether a passing signature is of the author's domain (section 3.1.1).</param>
/// <param name="IsSpfAligned">Whether SPF passed for the author's domain (section 3.1.2).</param>
/// <param name="Problem">What was odd or went wrong, in a few words; null where nothing did.</param>
public sealed record DmarcVerification(
    DmarcResult Result,
    string AuthorDomain,
    string? PolicyDomain,
    DmarcPolicy Policy,
    DmarcPolicy Disposition,
    bool IsDkimAligned,
    bool IsSpfAligned,
    string? Problem)
{
    /// <summary>The record behind the result, for reports.</summary>
    internal DmarcRecord? Record { get; init; }

    /// <summary>Whether pct= or t= made the disposition milder than the policy.</summary>
    internal bool IsSampledOut { get; init; }
}
