namespace PluginMail.SmtpClient;

/// <summary>A host that messages are handed to without a look at mail exchangers.</summary>
/// <param name="Host">Its name or address; for a Unix socket the absolute path of the socket.</param>
/// <param name="Port">Its TCP port; without meaning for a Unix socket.</param>
public sealed record RelayRoute(string Host, int Port)
{
    /// <summary>What is spoken with it.</summary>
    public OutboundProtocol Protocol { get; init; } = OutboundProtocol.Smtp;

    /// <summary>How the connection is protected.</summary>
    public RouteTls Tls { get; init; } = RouteTls.Opportunistic;

    /// <summary>Whether <see cref="RouteTls.Required"/> and <see cref="RouteTls.Implicit"/> want a certificate that is valid for the host's name.</summary>
    public bool VerifiesCertificate { get; init; } = true;

    /// <summary>What to log in with (RFC 4954); null without login.</summary>
    public RelayCredentials? Credentials { get; init; }

    /// <summary>Whether <see cref="Host"/> is the path of a Unix socket.</summary>
    public bool IsUnixSocket => Host.StartsWith('/');

    /// <summary>The route's name in log and queue.</summary>
    public string Name => IsUnixSocket ? Host : $"{Host}:{Port}";
}

/// <summary>A protocol that messages are handed over with.</summary>
public enum OutboundProtocol
{
    /// <summary>SMTP (RFC 5321).</summary>
    Smtp,

    /// <summary>LMTP (RFC 2033): each recipient has a reply of its own after the message.</summary>
    Lmtp,
}

/// <summary>How the connection to a configured host is protected.</summary>
public enum RouteTls
{
    /// <summary>Not at all; a password may be sent.</summary>
    None,

    /// <summary>STARTTLS where it is offered, with any certificate. A password is sent under TLS alone.</summary>
    Opportunistic,

    /// <summary>STARTTLS or nothing is sent.</summary>
    Required,

    /// <summary>TLS from the first octet (RFC 8314 section 3.3).</summary>
    Implicit,
}

/// <summary>A login at a relay. Its text form never shows the password.</summary>
/// <param name="User">The name.</param>
/// <param name="Password">The password.</param>
public sealed record RelayCredentials(string User, string Password)
{
    /// <summary>The name alone.</summary>
    /// <returns>The user.</returns>
    public override string ToString() => User;
}
