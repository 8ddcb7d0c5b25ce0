namespace PluginMail.MailAuth;

/// <summary>What came of an SPF check of one identity (RFC 7208).</summary>
/// <param name="Identity">Which identity.</param>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain that was asked, in lower case; empty where there is none.</param>
/// <param name="Sender">The sender that macros saw, <c>local@domain</c>.</param>
/// <param name="Mechanism">The directive that decided, as published; null where none did.</param>
/// <param name="Explanation">The domain's own words to a client that it refuses (exp=, section 6.2): untrusted ASCII text; null where it has none.</param>
/// <param name="Problem">What went wrong, in a few words; null for a result that the domain meant.</param>
public sealed record SpfVerification(
    SpfIdentity Identity, SpfResult Result, string Domain, string Sender, string? Mechanism, string? Explanation, string? Problem);
