using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>The envelope of a message (RFC 5321 section 2.3.1): who sends it, who is to get it.</summary>
/// <param name="Sender">The reverse path; null is the null sender <c>&lt;&gt;</c>.</param>
/// <param name="Recipients">The accepted recipients, in the order of their RCPT.</param>
public sealed record Envelope(EmailAddress? Sender, ImmutableArray<EmailAddress> Recipients)
{
    /// <summary>What the client asked for about reports (RFC 3461); null where it asked nothing.</summary>
    public DsnParameters? Dsn { get; init; }

    /// <summary>Whether only hosts that keep the promise of REQUIRETLS may get the message (RFC 8689).</summary>
    public bool RequiresTls { get; init; }
}
