namespace PluginMail.MailAuth;

/// <summary>What came of one DKIM-Signature field (RFC 6376 section 6).</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The signing domain (d=) in lower case; empty where the field does not say.</param>
/// <param name="Selector">The selector (s=); empty where the field does not say.</param>
/// <param name="Identity">The agent or user identifier (i=), <c>@</c> and the domain unless given.</param>
/// <param name="Algorithm">The algorithm (a=) as given.</param>
/// <param name="Signature">The first eight characters of the signature, as <c>header.b</c> shows them (RFC 6008); empty where there are none.</param>
/// <param name="Problem">Why it is no pass, in a few words for the log; null for a pass.</param>
/// <param name="IsTesting">Whether the key says that the domain is testing DKIM (t=y): a failure means no more than no signature.</param>
/// <param name="CoversWholeBody">False where the signature leaves out the end of the body (l=), to which anybody could have added.</param>
public sealed record DkimVerification(
    DkimResult Result,
    string Domain,
    string Selector,
    string Identity,
    string Algorithm,
    string Signature,
    string? Problem,
    bool IsTesting,
    bool CoversWholeBody);
