namespace PluginMail.Pop3;

/// <summary>Limits of POP3 sessions.</summary>
public sealed record Pop3Options
{
    /// <summary>How long a client that has signed in may be silent (RFC 1939 section 3: ten minutes at least).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client may take to sign in, all its lines together.</summary>
    public TimeSpan SignInTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a client may take to make room for what is sent to it.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a TLS handshake after STLS may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Octets of the longest line, its end not counted. SASL responses (RFC 5034 section 4) are longer than commands.</summary>
    public int MaximumLineLength { get; init; } = 8192;

    /// <summary>Commands in error, failed logins among them, after which the session is ended.</summary>
    public int MaximumErrors { get; init; } = 10;
}
