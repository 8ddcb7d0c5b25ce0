using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Queue;

/// <summary>A message to be sent to recipients in one domain.</summary>
/// <param name="TransactionId">Of the transaction that brought it, for the log.</param>
/// <param name="Domain">The recipients' domain, in lower case and as A-labels, or an address literal (RFC 5321 section 4.1.3).</param>
/// <param name="Sender">The reverse path; null is the null sender.</param>
/// <param name="Recipients">At least one.</param>
/// <param name="Content">The octets, line ends as they are stored: CR LF.</param>
public sealed record OutboundMessage(
    string TransactionId, string Domain, EmailAddress? Sender, ImmutableArray<OutboundRecipient> Recipients, MessageContent Content)
{
    /// <summary>ENVID of the sender (RFC 3461 section 4.4), as xtext; null where none was given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RET of the sender (RFC 3461 section 4.3); null where none was given.</summary>
    public DsnReturn? Return { get; init; }

    /// <summary>Whether only hosts that can keep the promise of REQUIRETLS may get it (RFC 8689).</summary>
    public bool RequiresTls { get; init; }
}

/// <summary>A recipient elsewhere.</summary>
/// <param name="Address">The forward path.</param>
/// <param name="Notify">NOTIFY of the sender (RFC 3461 section 4.1); null where none was given.</param>
/// <param name="OriginalRecipient">ORCPT of the sender (RFC 3461 section 4.2) with its type, as <c>rfc822;a@b.example</c> in xtext; null where none was given.</param>
public sealed record OutboundRecipient(EmailAddress Address, DsnNotify? Notify = null, string? OriginalRecipient = null);
