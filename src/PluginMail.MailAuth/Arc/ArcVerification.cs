namespace PluginMail.MailAuth;

/// <summary>What came of verifying an Authenticated Received Chain (RFC 8617 section 5.2).</summary>
/// <param name="Result">The chain's state.</param>
/// <param name="Instances">How many sets it has; 0 without a chain.</param>
/// <param name="SealerDomain">The domain of the newest seal in lower case; null without a chain.</param>
/// <param name="Problem">Why it is broken, in a few words; null where it is not.</param>
/// <param name="IsTemporary">Whether it is called broken only because DNS could not give a key now.</param>
public sealed record ArcVerification(ArcResult Result, int Instances, string? SealerDomain, string? Problem, bool IsTemporary)
{
    /// <summary>Whether the newest seal says that the chain was broken before: then nobody seals any more (section 5.1.2).</summary>
    internal bool IsEnded { get; init; }
}
