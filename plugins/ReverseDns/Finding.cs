using PluginMail.Abstractions;

namespace PluginMail.ReverseDns;

/// <summary>What a check found.</summary>
/// <param name="Setting">What the settings do with it.</param>
/// <param name="Reason">The score's reason.</param>
/// <param name="Detail">The detail of the enhanced status code X.7.detail (RFC 3463, RFC 7372).</param>
/// <param name="Text">For the client.</param>
internal sealed record Finding(CheckSetting Setting, string Reason, ushort Detail, string Text)
{
    /// <summary>Security or policy status: delivery not authorized (RFC 3463 section 3.8).</summary>
    public const ushort NotAuthorized = 1;

    /// <summary>Reverse DNS validation failed (RFC 7372 section 3.3).</summary>
    public const ushort ReverseDnsFailed = 25;

    /// <summary>The reply that says it.</summary>
    public SmtpReply Reply => Setting.Outcome == Outcome.Refuse
        ? new SmtpReply(550, new EnhancedStatusCode(5, 7, Detail), Text)
        : new SmtpReply(450, new EnhancedStatusCode(4, 7, Detail), Text);
}

/// <summary>What some checks found.</summary>
/// <param name="Found">The findings.</param>
/// <param name="IsUnsaid">Whether DNS could not say something that was asked.</param>
internal readonly record struct Findings(IReadOnlyList<Finding> Found, bool IsUnsaid)
{
    public static readonly Findings None = new([], IsUnsaid: false);
}
