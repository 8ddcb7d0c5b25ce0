using PluginMail.Abstractions;
using PluginMail.MailAuth;

namespace PluginMail.Pipeline;

/// <summary>Who a message is from, and what follows.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Refusal">The refusal that its author's domain asks for; null where there is none.</param>
/// <param name="IsJunk">Whether it goes to the Junk folder.</param>
/// <param name="Summary">For the trace: <c>spf=pass dkim=none dmarc=pass (example.org)</c>.</param>
public sealed record OriginFinding(AuthenticationOutcome Outcome, SmtpReply? Refusal, bool IsJunk, string Summary)
{
    /// <summary>Whether the reverse path is likely forged (RFC 7208 section 2.6.4: fail or softfail, without DMARC vouching for the author).</summary>
    public bool IsSenderDoubtful =>
        Outcome.SpfMailFrom?.Result is SpfResult.Fail or SpfResult.SoftFail && Outcome.Dmarc.Result != DmarcResult.Pass;
}
