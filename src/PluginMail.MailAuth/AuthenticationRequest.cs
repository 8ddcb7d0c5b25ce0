using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>A message to authenticate, and how it came.</summary>
/// <param name="Message">The octets; read during the call only.</param>
/// <param name="ClientAddress">The address of the SMTP client; null where no client brought it, and then nothing is said of SPF and iprev.</param>
/// <param name="HeloName">What the client called itself; null where it did not.</param>
/// <param name="Sender">The reverse path; null for the null sender.</param>
public sealed record AuthenticationRequest(MessageContent Message, IPAddress? ClientAddress, string? HeloName, EmailAddress? Sender)
{
    /// <summary>The account that signed in; null where none did. Shown as <c>auth=pass</c> (RFC 8601 section 2.7.4).</summary>
    public EmailAddress? Authenticated { get; init; }

    /// <summary>Whether the message comes from a host whose Authentication-Results fields are believed, such as a relay in front of this server.</summary>
    public bool IsFromTrustedHost { get; init; }
}
