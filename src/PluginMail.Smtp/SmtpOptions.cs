namespace PluginMail.Smtp;

/// <summary>Which service a listener offers.</summary>
public enum SmtpFlavour
{
    /// <summary>Mail from other servers (RFC 5321).</summary>
    Smtp,

    /// <summary>Mail from users' programs (RFC 6409).</summary>
    Submission,

    /// <summary>Mail from a server beside this one, which wants an answer for each recipient (RFC 2033).</summary>
    Lmtp,
}

/// <summary>What a server of sessions needs to know.</summary>
public sealed record SmtpOptions
{
    /// <summary>This server's name in greeting and replies; the domain of <c>postmaster</c> without one.</summary>
    public required string Hostname { get; init; }

    /// <summary>Which service is offered.</summary>
    public SmtpFlavour Flavour { get; init; }

    /// <summary>Octets of the largest message (RFC 1870), 50 MiB by default.</summary>
    public long MaximumMessageSize { get; init; } = 50 * 1024 * 1024;

    /// <summary>Accepted recipients of one transaction (RFC 5321 section 4.5.3.1.8 wants 100 at least).</summary>
    public int MaximumRecipients { get; init; } = 1000;

    /// <summary>Commands that may be refused for good before the session is ended (RFC 5321 section 7.8).</summary>
    public int MaximumErrors { get; init; } = 20;

    /// <summary>How long a client may take for a command, and to take a reply (RFC 5321 section 4.5.3.2.7).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a client may be silent inside a message.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a session may last.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a client may take in all until AUTH has succeeded, where MAIL is refused before it.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the handshake after STARTTLS may take.</summary>
    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether AUTH (RFC 4954) is offered.</summary>
    public bool OffersAuth { get; init; }

    /// <summary>Whether MAIL is refused before AUTH (RFC 6409 section 4.3).</summary>
    public bool RequiresAuth { get; init; }

    /// <summary>The options of a flavour: a relay offers no AUTH, submission requires it.</summary>
    /// <param name="flavour">Which service.</param>
    /// <param name="hostname">This server's name.</param>
    /// <returns>The options.</returns>
    public static SmtpOptions For(SmtpFlavour flavour, string hostname) => new()
    {
        Hostname = hostname,
        Flavour = flavour,
        OffersAuth = flavour == SmtpFlavour.Submission,
        RequiresAuth = flavour == SmtpFlavour.Submission,
    };

    /// <summary>What a session has until it is signed in.</summary>
    internal TimeSpan TimeBeforeLogin => RequiresAuth && LoginTimeout < SessionTimeout ? LoginTimeout : SessionTimeout;

    /// <summary>The service's name in log, trace and session.</summary>
    internal string ServiceName => Flavour switch
    {
        SmtpFlavour.Submission => "submission",
        SmtpFlavour.Lmtp => "lmtp",
        _ => "smtp",
    };
}
