using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>What the client asked for by the parameters of MAIL and RCPT about reports (RFC 3461).</summary>
/// <param name="EnvelopeId">ENVID (section 4.4), as xtext; null where none was given.</param>
/// <param name="Return">RET (section 4.3); null where none was given.</param>
/// <param name="Recipients">Those recipients for which something was given.</param>
public sealed record DsnParameters(string? EnvelopeId, DsnReturn? Return, ImmutableDictionary<EmailAddress, RecipientDsn> Recipients)
{
    /// <summary>What was asked for a recipient.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>Its parameters; none given where it is not known.</returns>
    public RecipientDsn For(EmailAddress recipient) => Recipients.GetValueOrDefault(recipient, RecipientDsn.None);
}

/// <summary>What the client asked for one recipient (RFC 3461).</summary>
/// <param name="Notify">NOTIFY (section 4.1); null where none was given.</param>
/// <param name="OriginalRecipient">ORCPT (section 4.2) with its type, as <c>rfc822;a@b.example</c> in xtext; null where none was given.</param>
public sealed record RecipientDsn(DsnNotify? Notify, string? OriginalRecipient)
{
    /// <summary>Nothing was asked.</summary>
    public static RecipientDsn None { get; } = new(null, null);
}
